import { z } from 'zod';
import { keccak256, sha256, toHex } from './bytes.ts';
import { AssayError } from './errors.ts';
import { datatypeSchema } from './tensor.ts';
import type { Address, Hex } from './units.ts';

/** The chain takes at most this many canonical bytes (ModelRegistry emits them in an event). */
export const MANIFEST_MAX_BYTES = 8 * 1024;

const sha256Schema = z.string().regex(/^0x[0-9a-f]{64}$/, 'a lower-case 0x sha256');
const relativePath = z
  .string()
  .min(1)
  .max(200)
  .regex(/^(?!\/)(?!.*\.\.)[A-Za-z0-9._/-]+$/, 'a relative path without ".."')
  .refine((path) => path.split('/').every((part) => part !== '' && part !== '.'), {
    message: 'a path without empty parts and "."',
  });

/** -1 stands for a dimension that the client chooses. */
const tensorSpecSchema = z.object({
  name: z.string().min(1).max(128),
  datatype: datatypeSchema,
  shape: z.array(z.number().int().min(-1)).max(8),
});

export const TASKS = [
  'tensor',
  'text-generation',
  'embedding',
  'image-classification',
  'ocr',
  'vad',
] as const;
export const METERING_UNITS = ['request', 'token', 'second'] as const;

/** One execution class under which outputs of this model compare; see PROTOCOL.md "Execution classes". */
const executionClassSchema = z.object({
  /** Human form of the class, e.g. `onnxruntime-1.30.0/cpu/x64-avx2/all`; its keccak256 is the on-chain id. */
  name: z.string().min(3).max(120),
  /** Fingerprint units per 1.0, as ModelRegistry stores it (2 ** 16 is a common choice). */
  scale: z
    .number()
    .int()
    .min(1)
    .max(2 ** 32 - 1),
  /** Largest honest difference of one fingerprint lane, in fingerprint units. */
  tolerance: z
    .number()
    .int()
    .min(0)
    .max(2 ** 31 - 1),
});

/** What a model is. Its canonical bytes are hashed into the model's id, so nothing here ever changes. */
export const manifestSchema = z
  .object({
    name: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/),
    version: z.string().min(1).max(32),
    task: z.enum(TASKS),
    description: z.string().max(400).optional(),
    tags: z.array(z.string().min(1).max(32)).max(16).default([]),
    unit: z.enum(METERING_UNITS),
    licence: z.string().min(1).max(64),
    /** `role` says what the runtime does with the file; exactly one `model`. */
    files: z
      .array(
        z.object({
          path: relativePath,
          role: z.enum(['model', 'data', 'tokenizer', 'config', 'labels', 'licence']),
          sha256: sha256Schema,
          bytes: z
            .number()
            .int()
            .positive()
            .max(8 * 1024 ** 3),
        }),
      )
      .min(1)
      .max(32),
    inputs: z.array(tensorSpecSchema).max(64),
    outputs: z.array(tensorSpecSchema).max(64),
    /** Axis along which independent requests may be stacked; absent: never batched. */
    batchAxis: z.number().int().min(0).max(7).optional(),
    /**
     * Recurrent state: the output that the client sends back as an input of its next job. Nobody keeps it between jobs, so
     * each row of a batch carries its own, stacked along `parameters["batchAxis.<input>"]` or `batchAxis`.
     */
    state: z
      .array(z.object({ input: z.string(), output: z.string() }))
      .max(64)
      .default([]),
    opset: z.number().int().positive(),
    /** Every `domain:op` the graph uses (`ai.onnx:Conv`); the provider refuses others. */
    ops: z.array(z.string().max(64)).max(256),
    peakMemoryBytes: z.number().int().positive(),
    /** Task-specific constants: sample rate, context length, image height, stop tokens … */
    parameters: z
      .record(z.string().max(64), z.union([z.string().max(400), z.number(), z.boolean()]))
      .default({}),
    classes: z.array(executionClassSchema).max(8).default([]),
  })
  .strict()
  .refine((manifest) => manifest.files.filter((file) => file.role === 'model').length === 1, {
    message: 'exactly one file must have the role "model"',
  })
  .refine(({ files }) => !files.some(({ path }) => isTaken(path, files)), {
    message: 'no path may be another file’s, or its folder',
  });

function isTaken(path: string, files: readonly { readonly path: string }[]): boolean {
  const same = files.filter((other) => other.path === path).length;
  return same > 1 || files.some((other) => other.path.startsWith(`${path}/`));
}

export type Manifest = z.infer<typeof manifestSchema>;

/** RFC 8785 in the small: keys sorted, no white space, so that everybody hashes the same bytes. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const entries = Object.entries(value).filter(([, field]) => field !== undefined);
  const sorted = entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field)}`).join(',')}}`;
}

export function manifestBytes(manifest: Manifest): Uint8Array {
  const bytes = Buffer.from(canonicalJson(manifest), 'utf8');
  if (bytes.byteLength > MANIFEST_MAX_BYTES) {
    throw new AssayError('M601', {
      details: { bytes: bytes.byteLength, limit: MANIFEST_MAX_BYTES },
      hint: 'Shorten the description, the tags or the op list.',
    });
  }
  return bytes;
}

export function manifestHash(manifest: Manifest): Hex {
  return toHex(sha256(manifestBytes(manifest)));
}

/** `modelId = keccak256(abi.encode(publisher, sha256(manifest)))`, as ModelRegistry computes it. */
export function modelIdOf(publisher: Address, hash: Hex): Hex {
  return keccak256(Buffer.from(publisher.slice(2).padStart(64, '0') + hash.slice(2), 'hex'));
}

/** `offerId = keccak256(abi.encode(provider, modelId))`. */
export function offerIdOf(provider: Address, modelId: Hex): Hex {
  return modelIdOf(provider, modelId);
}

/** The on-chain id of an execution class. */
export function execClassId(name: string): Hex {
  return keccak256(Buffer.from(name, 'utf8'));
}

/** Parses untrusted bytes of a manifest; throws M600 saying what is wrong. */
export function parseManifest(bytes: Uint8Array): Manifest {
  if (bytes.byteLength > MANIFEST_MAX_BYTES)
    throw new AssayError('M601', { details: { bytes: bytes.byteLength } });
  try {
    return manifestSchema.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
  } catch (cause) {
    throw new AssayError('M600', {
      cause,
      details: {
        reason:
          z.prettifyError(cause instanceof z.ZodError ? cause : new z.ZodError([])) ||
          String(cause),
      },
    });
  }
}
