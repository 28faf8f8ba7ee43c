import type { Tensor } from '@assay/wire';
import { hashOf, toBase64 } from './bytes.ts';
import { dataOf } from './remote-error.ts';

/** Text with its decoding options, or named tensors. */
export type JobInput =
  | {
      readonly text: {
        readonly prompt: string;
        readonly maxTokens?: number;
        readonly temperature?: number;
        readonly topK?: number;
        readonly topP?: number;
        readonly stop?: readonly string[];
        readonly seed?: bigint;
      };
    }
  | { readonly tensors: readonly Tensor[] };

/** Tensors up to this size travel in the request; larger ones are put as blobs first. */
const INLINE_BYTES = 64 * 1024;

/** The GraphQL form of an input; large tensors are uploaded on the way. */
export async function encodeInput(input: JobInput, blobsUrl: string): Promise<object> {
  if ('text' in input) {
    const { seed, ...text } = input.text;
    return { text: seed === undefined ? text : { ...text, seed: seed.toString() } };
  }
  return {
    tensors: await Promise.all(input.tensors.map((tensor) => encodeTensor(tensor, blobsUrl))),
  };
}

async function encodeTensor(
  { name, datatype, shape, data }: Tensor,
  blobsUrl: string,
): Promise<object> {
  const content =
    data.byteLength <= INLINE_BYTES
      ? { base64: toBase64(data) }
      : { blob: await uploadBlob(data, blobsUrl) };
  return { name, datatype, shape, data: content };
}

async function uploadBlob(data: Uint8Array, blobsUrl: string): Promise<string> {
  const id = hashOf(data);
  const response = await fetch(`${blobsUrl}/${id}`, { method: 'PUT', body: data as BodyInit });
  if (!response.ok) {
    const { error } = (await response.json()) as { error: { message: string; code: string } };
    dataOf({
      errors: [{ message: error.message, extensions: { ...error, assayCode: error.code } }],
    });
  }
  return id;
}
