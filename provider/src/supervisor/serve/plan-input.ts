import {
  AssayError,
  DATATYPE_BYTES,
  elementCount,
  type FrameMeta,
  type Hex,
  TENSOR_LIMITS,
  type Tensor,
  type TensorHeader,
  unpackTensors,
} from '@assay/wire';

/** The header of a BYTES tensor does not say how long it is: as a blob it may have this much. */
const BYTES_BLOB = 16 * 1024 * 1024;

/** A tensor that has to be fetched: never more than `bytes`, and not fewer where `exact`. */
export interface BlobPart extends TensorHeader {
  readonly blob: Hex;
  readonly bytes: number;
  readonly exact: boolean;
}

/** What a ticket's payload will be, known before anything of it is fetched. */
export type InputPlan =
  | { readonly kind: 'text'; readonly bytes: number; readonly prompt: string }
  | {
      readonly kind: 'tensors';
      /** What all tensors take in memory at most. */
      readonly bytes: number;
      readonly parts: readonly (Tensor | BlobPart)[];
    };

/** Reads the payload's description. Throws L700 where body and meta differ, I103 for what no tensor can be. */
export function planInput({ input }: FrameMeta<'ticket'>, body: Uint8Array): InputPlan {
  if (input.kind === 'text') return planText(input.bytes, body);
  const parts = unpackTensors(input.tensors, body).map((part) =>
    'data' in part ? part : blobPart(part),
  );
  return { kind: 'tensors', parts, bytes: parts.reduce((sum, part) => sum + bytesOf(part), 0) };
}

export const bytesOf = (part: Tensor | BlobPart): number =>
  'data' in part ? part.data.byteLength : part.bytes;

function planText(bytes: number, body: Uint8Array): InputPlan {
  if (bytes !== body.byteLength)
    throw new AssayError('L700', { details: { reason: 'body and prompt differ in length' } });
  try {
    const prompt = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
    return { kind: 'text', bytes, prompt };
  } catch (cause) {
    throw new AssayError('I103', { cause, details: { input: 'prompt', reason: 'not UTF-8' } });
  }
}

function blobPart(header: TensorHeader & { readonly blob: Hex }): BlobPart {
  const { name, datatype, shape, blob } = header;
  const elements = elementCount(shape);
  const exact = datatype !== 'BYTES';
  const bytes = exact ? elements * DATATYPE_BYTES[datatype] : BYTES_BLOB;
  if (elements <= TENSOR_LIMITS.elements && bytes <= TENSOR_LIMITS.bytes)
    return { name, datatype, shape, blob, bytes, exact };
  throw new AssayError('I103', {
    details: { input: name, reason: `has more than ${TENSOR_LIMITS.bytes} bytes` },
  });
}
