import {
  AssayError,
  type FrameMeta,
  type OutputTensor,
  promptTensor,
  type Tensor,
  tensorFault,
  unpackTensors,
} from '@assay/wire';
import { fetchBlob } from '../../link/blob-client.ts';
import type { RunInput } from '../slots/slot-types.ts';

/** A ticket's payload: what the child runs, and the tensors that the receipt's input root commits to. */
export interface JobInput {
  readonly run: RunInput;
  readonly committed: readonly Tensor[];
}

/** Reads the payload of a ticket frame, fetching blobs. Throws L700, I103 or I110. */
export async function readInput(
  { input }: FrameMeta<'ticket'>,
  body: Uint8Array,
  blobUrl: string | undefined,
): Promise<JobInput> {
  if (input.kind === 'text') return readText(input.bytes, body);
  const parts = unpackTensors(input.tensors, body);
  const inline = parts.filter((part) => 'data' in part);
  const tensors =
    inline.length === parts.length
      ? inline
      : await Promise.all(parts.map((part) => resolve(part, blobUrl)));
  return { run: { kind: 'tensors', tensors }, committed: tensors };
}

function readText(bytes: number, body: Uint8Array): JobInput {
  if (bytes !== body.byteLength)
    throw new AssayError('L700', { details: { reason: 'body and prompt differ in length' } });
  let prompt: string;
  try {
    prompt = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch (cause) {
    throw new AssayError('I103', { cause, details: { input: 'prompt', reason: 'not UTF-8' } });
  }
  return { run: { kind: 'text', prompt }, committed: [promptTensor(prompt)] };
}

async function resolve(part: OutputTensor, blobUrl: string | undefined): Promise<Tensor> {
  if ('data' in part) return part;
  if (blobUrl === undefined)
    throw new AssayError('I110', {
      details: { sha256: part.blob, reason: 'the gateway named no blob store' },
    });
  const { name, datatype, shape } = part;
  const tensor = { name, datatype, shape, data: await fetchBlob(blobUrl, part.blob) };
  const fault = tensorFault(tensor);
  if (fault === undefined) return tensor;
  throw new AssayError('I103', { details: { input: name, reason: fault } });
}
