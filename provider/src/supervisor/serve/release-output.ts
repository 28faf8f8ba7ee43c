import {
  AssayError,
  encodeFrame,
  type Hex,
  INLINE_TENSOR_BYTES,
  type OutputTensor,
  packTensors,
  type Tensor,
} from '@assay/wire';
import { putBlob } from '../../link/blob-client.ts';
import type { RunChunk, RunResult } from '../slots/slot-types.ts';
import { splitText } from './split-text.ts';

/** Without a blob store larger tensors travel inline up to this, together. */
const INLINE_WITHOUT_STORE = 4 * 1024 * 1024;

/** What was released: the receipt commits to exactly this. */
export interface Released {
  readonly text: string;
  readonly tensors: readonly Tensor[];
  readonly chunks: number;
  readonly units: number;
}

/** Turns what a child yields into chunk frames, at once and in order. */
export interface OutputRelease {
  push(chunk: RunChunk): void;
  /** Releases what no chunk carried, waits for blobs, and says what went out. */
  finish(result: RunResult): Promise<Released>;
}

/** Where large tensors go, and until when that is tried. */
export interface BlobTarget {
  readonly blobUrl: string | undefined;
  readonly signal: () => AbortSignal;
}

export function releaseOutput(
  ticket: Hex,
  send: (frame: Buffer) => void,
  target: BlobTarget,
): OutputRelease {
  let text = '';
  const released: Tensor[] = [];
  let units = 0;
  let index = 0;
  let blobs: Promise<void> | undefined;

  function emit(
    piece: string | undefined,
    tensors: readonly OutputTensor[] | undefined,
    count: number,
  ): void {
    const { headers, body } = packTensors(tensors ?? []);
    const meta = {
      ticket,
      index: index++,
      units: String(count),
      ...(piece !== undefined && { text: piece }),
      ...(tensors && { tensors: headers }),
    };
    send(encodeFrame('chunk', meta, body));
  }

  function emitAll(
    words: string | undefined,
    tensors: readonly OutputTensor[] | undefined,
    count: number,
  ): void {
    const pieces = words === undefined ? [undefined] : splitText(words);
    const last = pieces.length - 1;
    for (const [at, piece] of pieces.entries())
      emit(piece, at === last ? tensors : undefined, at === 0 ? count : 0);
  }

  function push(chunk: RunChunk): void {
    const words = chunk.text;
    if (words !== undefined) text += words;
    // The text itself is not said twice: a tensor of that name repeats it.
    const tensors = chunk.tensors?.filter(({ name }) => words === undefined || name !== 'text');
    if (tensors) released.push(...tensors);
    units += chunk.units;
    const large = tensors?.some(({ data }) => data.byteLength > INLINE_TENSOR_BYTES);
    if (!large && blobs === undefined) {
      emitAll(words, tensors, chunk.units);
      return;
    }
    const before = blobs ?? Promise.resolve();
    blobs = before.then(async () =>
      emitAll(words, await placed(tensors ?? [], target), chunk.units),
    );
    blobs.catch(() => undefined); // finish() waits for it and sees the failure
  }

  return {
    push,
    async finish(result) {
      if (index === 0 && blobs === undefined && released.length === 0) {
        const words = result.text === undefined ? {} : { text: result.text };
        push({ ...words, tensors: result.outputs, units: result.units });
      } else if (released.length === 0 && result.text !== undefined) {
        const rest = result.outputs.filter(({ name }) => name !== 'text');
        if (rest.length > 0) push({ tensors: rest, units: result.units - units });
      }
      await blobs;
      return { text, tensors: released, chunks: index, units };
    },
  };
}

async function placed(tensors: readonly Tensor[], target: BlobTarget): Promise<OutputTensor[]> {
  const { blobUrl } = target;
  if (blobUrl !== undefined) {
    const signal = target.signal();
    return Promise.all(tensors.map((tensor) => place(tensor, { blobUrl, signal })));
  }
  const bytes = tensors.reduce((sum, { data }) => sum + data.byteLength, 0);
  if (bytes <= INLINE_WITHOUT_STORE) return [...tensors];
  throw new AssayError('P300', { details: { reason: 'the gateway named no blob store', bytes } });
}

async function place(
  tensor: Tensor,
  { blobUrl, signal }: { readonly blobUrl: string; readonly signal: AbortSignal },
): Promise<OutputTensor> {
  if (tensor.data.byteLength <= INLINE_TENSOR_BYTES) return tensor;
  const { name, datatype, shape, data } = tensor;
  return { name, datatype, shape, blob: await putBlob(blobUrl, data, signal) };
}
