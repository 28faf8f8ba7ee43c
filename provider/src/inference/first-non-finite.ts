import type { Tensor } from '@assay/wire';

/** Index of the first NaN or infinity of a float tensor, or -1. */
export function firstNonFinite({ datatype, data }: Tensor): number {
  if (datatype !== 'FP16' && datatype !== 'FP32' && datatype !== 'FP64') return -1;
  const aligned = data.byteOffset % 8 === 0 ? data : Uint8Array.from(data);
  const { buffer, byteOffset, byteLength } = aligned;
  if (datatype === 'FP16') return firstHalf(new Uint16Array(buffer, byteOffset, byteLength / 2));
  if (datatype === 'FP32') return firstSingle(new Int32Array(buffer, byteOffset, byteLength / 4));
  return firstDouble(new Float64Array(buffer, byteOffset, byteLength / 8));
}

/** All bits of the exponent: infinity or NaN. */
const HALF_EXPONENT = 0x7c00;
const SINGLE_EXPONENT = 0x7f800000;
const SINGLE_UNIT = 0x00800000;

const firstHalf = (bits: Uint16Array): number =>
  bits.findIndex((half) => (half & HALF_EXPONENT) === HALF_EXPONENT);

/**
 * One more than the largest exponent overflows into the sign: one pass without branches, four lanes wide so that no step
 * waits for the one before. Every tensor of every job goes through it.
 */
function firstSingle(bits: Int32Array): number {
  const even = bits.length - (bits.length % 4);
  let [a, b, c, d] = [0, 0, 0, 0];
  for (let index = 0; index < even; index += 4) {
    a |= overflow(bits[index] as number);
    b |= overflow(bits[index + 1] as number);
    c |= overflow(bits[index + 2] as number);
    d |= overflow(bits[index + 3] as number);
  }
  for (let index = even; index < bits.length; index++) a |= overflow(bits[index] as number);
  return (a | b | c | d) < 0 ? bits.findIndex((single) => overflow(single) < 0) : -1;
}

const overflow = (single: number): number => ((single & SINGLE_EXPONENT) + SINGLE_UNIT) | 0;

/** x * 0 is 0 for every finite x and NaN otherwise. */
function firstDouble(values: Float64Array): number {
  let poison = 0;
  for (const value of values) poison += value * 0;
  return Number.isNaN(poison) ? values.findIndex((value) => !Number.isFinite(value)) : -1;
}
