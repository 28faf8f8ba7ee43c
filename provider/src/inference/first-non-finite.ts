import type { Tensor } from '@assay/wire';

const views = {
  FP32: (bytes: Uint8Array) =>
    new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4),
  FP64: (bytes: Uint8Array) =>
    new Float64Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 8),
} as const;

/** Index of the first NaN or infinity of a float tensor, or -1. */
export function firstNonFinite({ datatype, data }: Tensor): number {
  if (datatype === 'FP16') return firstNonFiniteHalf(data);
  if (datatype !== 'FP32' && datatype !== 'FP64') return -1;
  const aligned = data.byteOffset % 8 === 0 ? data : Uint8Array.from(data);
  const values = views[datatype](aligned);
  // x * 0 is 0 for every finite x and NaN otherwise: one pass without branches.
  let poison = 0;
  for (let index = 0; index < values.length; index++) poison += (values[index] as number) * 0;
  return Number.isNaN(poison) ? values.findIndex((value: number) => !Number.isFinite(value)) : -1;
}

/** All five bits of the exponent: infinity or NaN. */
const HALF_EXPONENT = 0x7c00;

function firstNonFiniteHalf(data: Uint8Array): number {
  const aligned = data.byteOffset % 2 === 0 ? data : Uint8Array.from(data);
  const bits = new Uint16Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 2);
  return bits.findIndex((half) => (half & HALF_EXPONENT) === HALF_EXPONENT);
}
