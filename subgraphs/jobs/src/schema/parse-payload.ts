import {
  AssayError,
  type Hex,
  type JobParams,
  type JobPayload,
  jobParamsSchema,
  TENSOR_LIMITS,
  type Tensor,
  tensorHeaderSchema,
} from '@assay/wire';
import { z } from 'zod';
import { type Elements, packElements } from '../domain/pack-elements.ts';
import type { JobInput, TensorInput, TextInput } from './job-inputs.ts';
import { parseId } from './parse-id.ts';
import { present } from './parse-intent.ts';

export type ReadBlob = (sha256: Hex) => Promise<Uint8Array>;

/** The GraphQL input in domain form, its blobs read. Throws I100, I103 or I110 naming what is wrong. */
export async function parsePayload(input: JobInput, readBlob: ReadBlob): Promise<JobPayload> {
  if (input.text != null) return parseText(input.text);
  const inputs = input.tensors ?? [];
  if (inputs.length > TENSOR_LIMITS.perJob)
    throw new AssayError('I100', {
      details: { field: 'input.tensors', given: inputs.length, allowed: TENSOR_LIMITS.perJob },
    });
  const tensors = await Promise.all(inputs.map((tensor) => parseTensor(tensor, readBlob)));
  return { kind: 'tensors', tensors, params: {} };
}

function parseText({ prompt, seed, ...options }: TextInput): JobPayload {
  const parsed = jobParamsSchema.safeParse(present({ ...options, seed: seed?.toString() }));
  if (!parsed.success)
    throw new AssayError('I100', {
      details: { input: z.prettifyError(parsed.error).slice(0, 300) },
    });
  return { kind: 'text', prompt, params: present(parsed.data) as JobParams };
}

async function parseTensor(input: TensorInput, readBlob: ReadBlob): Promise<Tensor> {
  const { name, datatype, shape } = input;
  const header = tensorHeaderSchema.safeParse({ name, datatype, shape });
  if (!header.success)
    throw new AssayError('I102', {
      details: { name, reason: z.prettifyError(header.error).slice(0, 300) },
    });
  return { name, datatype, shape, data: await bytesOf(input, readBlob) };
}

async function bytesOf({ name, datatype, data }: TensorInput, readBlob: ReadBlob) {
  if (data.base64 != null) return data.base64;
  if (data.blob != null) return readBlob(parseId('blob', data.blob));
  return packElements(name, datatype, present(data) as Elements);
}
