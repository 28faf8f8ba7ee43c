import {
  AssayError,
  amountText,
  type FrameTensor,
  type Intent,
  type JobPayload,
  jobParamsSchema,
  packTensors,
  type SubmitOptions,
  tensorHeaderSchema,
  unpackTensors,
} from '@assay/wire';
import { z } from 'zod';

/** The internal HTTP form of `JobsPort.submit`: u32le metaLength | meta (JSON) | bytes of tensors or the prompt. */
export interface PortRequest {
  readonly intent: Intent;
  readonly payload: JobPayload;
  readonly options: SubmitOptions;
}

const hex32 = z.string().regex(/^0x[0-9a-f]{64}$/);
const address = z.string().regex(/^0x[0-9a-f]{40}$/);
const mustSchema = z.object({
  maxPrice: amountText.transform(BigInt).optional(),
  maxLatencyMs: z.number().positive().optional(),
  maxTtftMs: z.number().positive().optional(),
  deadline: z.number().positive().optional(),
  regions: z.array(z.string()).optional(),
  onlyProviders: z.array(address).optional(),
  ignoreProviders: z.array(address).optional(),
  verification: z.enum(['SAMPLED', 'EVERY']).optional(),
  minTrust: z.number().optional(),
  maxGramsCO2: z.number().optional(),
});
const metaSchema = z.object({
  intent: z.object({
    target: z.union([z.object({ modelId: hex32 }), z.object({ task: z.string() })]),
    must: mustSchema,
    prefer: z.object({ kappa: z.number().min(0), eta: z.number().min(0) }),
    retries: z.number().int().min(0).max(5),
  }),
  params: jobParamsSchema,
  options: z.object({ quoteId: hex32.optional(), idempotencyKey: z.string().max(200).optional() }),
  input: z.union([
    z.object({ kind: z.literal('text') }),
    z.object({
      kind: z.literal('tensors'),
      tensors: z.array(tensorHeaderSchema.extend({ bytes: z.number().int().min(0) })),
    }),
  ]),
});

export function encodePortRequest({ intent, payload, options }: PortRequest): Buffer {
  const { input, body } = encodeInput(payload);
  const json = JSON.stringify({ intent, params: payload.params, options, input }, (_, value) =>
    typeof value === 'bigint' ? `${value}` : value,
  );
  const meta = Buffer.from(json, 'utf8');
  const length = Buffer.alloc(4);
  length.writeUInt32LE(meta.byteLength);
  return Buffer.concat([length, meta, ...body]);
}

function encodeInput(payload: JobPayload): { input: object; body: readonly Uint8Array[] } {
  if (payload.kind === 'text')
    return { input: { kind: 'text' }, body: [Buffer.from(payload.prompt, 'utf8')] };
  const { headers, body } = packTensors(payload.tensors);
  return { input: { kind: 'tensors', tensors: headers }, body };
}

/** Parses a request body; throws I100 for anything else. */
export function decodePortRequest(bytes: Buffer): PortRequest {
  try {
    const metaEnd = 4 + bytes.readUInt32LE(0);
    const meta = metaSchema.parse(JSON.parse(bytes.toString('utf8', 4, metaEnd)));
    const body = bytes.subarray(metaEnd);
    const { intent, params, options, input } = meta;
    const payload =
      input.kind === 'text'
        ? { kind: 'text', prompt: body.toString('utf8'), params }
        : { kind: 'tensors', tensors: unpackTensors(input.tensors as FrameTensor[], body), params };
    return { intent, payload, options } as PortRequest;
  } catch (cause) {
    if (cause instanceof AssayError) throw cause;
    throw new AssayError('I100', { cause, details: { reason: 'not a port request' } });
  }
}
