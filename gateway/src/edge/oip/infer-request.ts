import {
  AssayError,
  TENSOR_LIMITS,
  type Tensor,
  tensorFault,
  tensorHeaderSchema,
} from '@assay/wire';
import { z } from 'zod';
import { type JobWishes, jobWishesSchema } from '../jobs/job-wishes.ts';
import { tensorFromJson } from './tensor-json.ts';

const tensorParameters = z.looseObject({
  binary_data_size: z.number().int().min(0).max(TENSOR_LIMITS.bytes).optional(),
});
const inputSchema = tensorHeaderSchema.extend({
  parameters: tensorParameters.optional(),
  data: z.unknown().optional(),
});
const outputSchema = z.object({
  name: z.string().min(1).max(128),
  parameters: z.looseObject({ binary_data: z.boolean().optional() }).optional(),
});
const requestSchema = z.object({
  id: z.string().max(128).optional(),
  parameters: jobWishesSchema
    .extend({ binary_data_output: z.boolean().optional() })
    .loose()
    .optional(),
  inputs: z.array(inputSchema).min(1).max(TENSOR_LIMITS.perJob),
  outputs: z.array(outputSchema).max(TENSOR_LIMITS.perJob).optional(),
});

export interface InferRequest {
  readonly id: string | undefined;
  readonly wishes: JobWishes;
  readonly tensors: readonly Tensor[];
  /** Which outputs to return; all where undefined. */
  readonly outputs: readonly string[] | undefined;
  readonly isBinary: (output: string) => boolean;
}

/**
 * Parses an Open Inference Protocol v2 request, JSON alone or JSON with binary tensor data behind it;
 * `headerLength` is the value of Inference-Header-Content-Length. Throws I100 or I103.
 */
export function parseInferRequest(body: Buffer, headerLength: number | undefined): InferRequest {
  const length = headerLength ?? body.byteLength;
  if (!Number.isSafeInteger(length) || length < 0 || length > body.byteLength) {
    throw malformed('Inference-Header-Content-Length', 'is not within the body');
  }
  const request = parseHeader(body.subarray(0, length));
  const tensors = takeTensors(request.inputs, body.subarray(length));
  const everyBinary = request.parameters?.binary_data_output === true;
  const wanted = new Map(
    request.outputs?.map(({ name, parameters }) => [name, parameters?.binary_data]),
  );
  return {
    id: request.id,
    wishes: request.parameters ?? {},
    tensors,
    outputs: request.outputs && [...wanted.keys()],
    isBinary: (output) => wanted.get(output) ?? everyBinary,
  };
}

function parseHeader(text: Buffer): z.infer<typeof requestSchema> {
  let json: unknown;
  try {
    json = JSON.parse(text.toString('utf8'));
  } catch (cause) {
    throw new AssayError('I100', { cause, details: { field: 'body', reason: 'not JSON' } });
  }
  const parsed = requestSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw malformed(issue?.path.join('.') || 'body', issue?.message ?? 'malformed');
}

function takeTensors(inputs: z.infer<typeof inputSchema>[], binary: Buffer): Tensor[] {
  let offset = 0;
  const tensors = inputs.map(({ name, datatype, shape, parameters, data }): Tensor => {
    const header = { name, datatype, shape };
    const size = parameters?.binary_data_size;
    if (size === undefined) return tensorFromJson(header, data);
    const tensor = { ...header, data: binary.subarray(offset, offset + size) };
    offset += size;
    const fault = tensorFault(tensor);
    if (fault === undefined) return tensor;
    throw new AssayError('I103', { details: { tensor: name, reason: `tensor ${name} ${fault}` } });
  });
  if (offset !== binary.byteLength)
    throw malformed('body', 'binary data and binary_data_size differ');
  return tensors;
}

function malformed(field: string, reason: string): AssayError {
  return new AssayError('I100', { details: { field, reason } });
}
