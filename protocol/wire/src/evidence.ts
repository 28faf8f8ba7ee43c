import { z } from 'zod';
import { AssayError } from './errors.ts';
import { packTensors, unpackTensors } from './frame-tensors.ts';
import { type FrameMeta, jobParamsSchema, receiptSchema } from './link-frames.ts';
import { type Tensor, tensorHeaderSchema } from './tensor.ts';

/** All that somebody needs to run a job again and to hold the result against its receipt. */
export interface Evidence {
  readonly modelId: string;
  readonly receipt: FrameMeta<'receipt'>['receipt'];
  readonly inputSalt: string;
  readonly params: z.infer<typeof jobParamsSchema>;
  /** As the input root commits to it: a prompt is one BYTES tensor named `prompt`. */
  readonly input: readonly Tensor[];
  readonly text: string;
  readonly output: readonly Tensor[];
}

const HEADER_LIMIT = 16 * 1024 * 1024;
const tensors = z.array(tensorHeaderSchema.extend({ bytes: z.number().int().min(0) })).max(64);
const headerSchema = z.object({
  modelId: z.string().regex(/^0x[0-9a-f]{64}$/),
  receipt: receiptSchema,
  inputSalt: z.string().regex(/^0x[0-9a-f]{32}$/),
  params: jobParamsSchema,
  text: z.string(),
  input: tensors,
  output: tensors,
});

/** `u32le header length | header JSON | bytes of the inputs, then of the outputs`. */
export const encodeEvidence = (evidence: Evidence): Buffer =>
  Buffer.concat(evidenceParts(evidence));

/** The same, without a copy of the tensors. */
export function evidenceParts(evidence: Evidence): Uint8Array[] {
  const input = packTensors(evidence.input);
  const output = packTensors(evidence.output);
  const header = Buffer.from(
    JSON.stringify({ ...evidence, input: input.headers, output: output.headers }),
    'utf8',
  );
  const length = Buffer.alloc(4);
  length.writeUInt32LE(header.byteLength);
  return [length, header, ...input.body, ...output.body];
}

/** Throws I103 for anything that is no evidence. Whether it is true is for the roots of its receipt to say. */
export function decodeEvidence(bytes: Uint8Array): Evidence {
  try {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const length = buffer.readUInt32LE(0);
    if (length > HEADER_LIMIT) throw new RangeError('the header is too long');
    const header = headerSchema.parse(JSON.parse(buffer.subarray(4, 4 + length).toString('utf8')));
    const split = 4 + length + header.input.reduce((sum, tensor) => sum + tensor.bytes, 0);
    const input = unpackTensors(header.input, buffer.subarray(4 + length, split)) as Tensor[];
    return {
      ...header,
      input,
      output: unpackTensors(header.output, buffer.subarray(split)) as Tensor[],
    };
  } catch (cause) {
    throw new AssayError('I103', { cause, details: { reason: 'not evidence of a job' } });
  }
}
