import { z } from 'zod';

/** Element types of the Open Inference Protocol v2, and the bytes of one element (BYTES is length-prefixed). */
export const DATATYPE_BYTES = {
  BOOL: 1,
  UINT8: 1,
  UINT16: 2,
  UINT32: 4,
  UINT64: 8,
  INT8: 1,
  INT16: 2,
  INT32: 4,
  INT64: 8,
  FP16: 2,
  FP32: 4,
  FP64: 8,
  BYTES: 0,
} as const;

export type Datatype = keyof typeof DATATYPE_BYTES;
export const datatypeSchema = z.enum(Object.keys(DATATYPE_BYTES) as [Datatype, ...Datatype[]]);

/** No tensor has more dimensions, elements or bytes than this, wherever it comes from. */
export const TENSOR_LIMITS = {
  rank: 8,
  elements: 2 ** 28,
  bytes: 256 * 1024 * 1024,
  perJob: 16,
} as const;
/** Tensors up to this size travel inline in frames and events; larger ones are blobs. */
export const INLINE_TENSOR_BYTES = 64 * 1024;

/** What a tensor is, without its data. `shape` holds concrete, non-negative dimensions. */
export interface TensorHeader {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
}

/**
 * A tensor: little-endian row-major bytes. A BYTES tensor is its elements one after another, each with a
 * little-endian uint32 length before it (the Open Inference Protocol's binary form).
 */
export interface Tensor extends TensorHeader {
  readonly data: Uint8Array;
}

export const tensorHeaderSchema = z.object({
  name: z.string().min(1).max(128),
  datatype: datatypeSchema,
  shape: z.array(z.number().int().min(0).max(TENSOR_LIMITS.elements)).max(TENSOR_LIMITS.rank),
});

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}

/** Says what is wrong with a tensor's bytes, or undefined when they fit its header. */
export function tensorFault(tensor: Tensor): string | undefined {
  const elements = elementCount(tensor.shape);
  if (elements > TENSOR_LIMITS.elements)
    return `has ${elements} elements, more than ${TENSOR_LIMITS.elements}`;
  if (tensor.data.byteLength > TENSOR_LIMITS.bytes)
    return `has more than ${TENSOR_LIMITS.bytes} bytes`;
  if (tensor.datatype === 'BYTES') return bytesTensorFault(tensor.data, elements);
  const expected = elements * DATATYPE_BYTES[tensor.datatype];
  if (tensor.data.byteLength === expected) return undefined;
  return `has ${tensor.data.byteLength} bytes where shape [${tensor.shape}] of ${tensor.datatype} needs ${expected}`;
}

function bytesTensorFault(data: Uint8Array, elements: number): string | undefined {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  let offset = 0;
  for (let index = 0; index < elements; index++) {
    if (offset + 4 > data.byteLength) return `ends before its element ${index}`;
    offset += 4 + view.getUint32(offset, true);
    if (offset > data.byteLength) return `ends inside its element ${index}`;
  }
  return offset === data.byteLength ? undefined : `has bytes after its last element`;
}
