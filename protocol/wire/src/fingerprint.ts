import { createCipheriv } from 'node:crypto';
import { FINGERPRINT_LANES } from './commitment.ts';
import type { Tensor } from './tensor.ts';
import type { Hex } from './units.ts';

const INT32_MAX = 2 ** 31 - 1;
const INT32_MIN = -(2 ** 31);
const FLOAT_MAX = 3.4028234663852886e38;
const STRETCH = 1 << 16;

/** What a fingerprint is seeded and scaled by: both are public and never depend on the job. */
export interface FingerprintBasis {
  /** sha256 of the model's canonical manifest. */
  readonly manifestHash: Hex;
  /** Fixed-point units per 1.0, from the execution class. */
  readonly scale: number;
}

/**
 * A ±1 random projection of the values onto 16 lanes, divided by the root of their count, in fixed point.
 * Element i takes bytes 2i and 2i+1 of the AES-128-CTR key stream of the first 16 bytes of the manifest's hash (zero
 * counter block): bit k of the first byte is the sign of lane k, bit k of the second that of lane 8+k; a set bit is +1.
 * NaN counts as 0, infinities as the largest float. No values: zero lanes.
 */
export function fingerprintOf(
  values: Float32Array,
  { manifestHash, scale }: FingerprintBasis,
): Int32Array {
  const lanes = new Int32Array(FINGERPRINT_LANES);
  if (values.length === 0) return lanes;
  const [low, high] = sumBySigns(values, manifestHash);
  const unit = scale / Math.sqrt(values.length);
  for (let lane = 0; lane < FINGERPRINT_LANES; lane++) {
    const sum = signedSum(lane < 8 ? low : high, lane % 8);
    lanes[lane] = Math.max(INT32_MIN, Math.min(INT32_MAX, Math.round(sum * unit)));
  }
  return lanes;
}

/** Sums the values by the byte of signs they meet, so that an element costs two additions instead of sixteen. */
function sumBySigns(values: Float32Array, manifestHash: Hex): [Float64Array, Float64Array] {
  const [low, high] = [new Float64Array(256), new Float64Array(256)];
  const key = Buffer.from(manifestHash.slice(2, 34), 'hex');
  const stream = createCipheriv('aes-128-ctr', key, Buffer.alloc(16));
  const zeros = Buffer.alloc(2 * Math.min(STRETCH, values.length));
  for (let start = 0; start < values.length; start += STRETCH) {
    const part = values.subarray(start, start + STRETCH);
    const bytes = stream.update(zeros.subarray(0, 2 * part.length));
    addBySigns(part, bytes, low, high);
  }
  return [low, high];
}

function addBySigns(
  part: Float32Array,
  signs: Uint8Array,
  low: Float64Array,
  high: Float64Array,
): void {
  for (let index = 0; index < part.length; index++) {
    const value = part[index] as number;
    const term = value - value === 0 ? value : finite(value);
    const at = 2 * index;
    (low[signs[at] as number] as number) += term;
    (high[signs[at + 1] as number] as number) += term;
  }
}

function finite(value: number): number {
  return Number.isNaN(value) ? 0 : Math.sign(value) * FLOAT_MAX;
}

function signedSum(sums: Float64Array, bit: number): number {
  let total = 0;
  for (let signs = 0; signs < 256; signs++) {
    const sum = sums[signs] as number;
    total += (signs >> bit) & 1 ? sum : -sum;
  }
  return total;
}

const READERS: Partial<Record<Tensor['datatype'], (view: DataView, index: number) => number>> = {
  FP16: (view, index) => halfFloat(view.getUint16(2 * index, true)),
  FP32: (view, index) => view.getFloat32(4 * index, true),
  FP64: (view, index) => view.getFloat64(8 * index, true),
};
const FLOAT_BYTES: Partial<Record<Tensor['datatype'], number>> = { FP16: 2, FP32: 4, FP64: 8 };

function halfFloat(bits: number): number {
  const [sign, exponent, fraction] = [bits & 0x8000 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  if (exponent === 0) return sign * 2 ** -24 * fraction;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * 2 ** (exponent - 25) * (1024 + fraction);
}

/** The float tensors' values, one tensor after another in order: what a fingerprint of plain outputs projects. */
export function floatValues(tensors: readonly Tensor[]): Float32Array {
  const floats = tensors.filter(({ datatype }) => FLOAT_BYTES[datatype] !== undefined);
  const counts = floats.map(({ data, datatype }) =>
    Math.floor(data.byteLength / (FLOAT_BYTES[datatype] ?? 1)),
  );
  const values = new Float32Array(counts.reduce((sum, count) => sum + count, 0));
  let at = 0;
  for (const [index, { data, datatype }] of floats.entries()) {
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    const read = READERS[datatype];
    for (let element = 0; read && element < (counts[index] ?? 0); element++)
      values[at++] = read(view, element);
  }
  return values;
}

/** The largest difference of two fingerprints in one lane, to hold against a class's tolerance. */
export function fingerprintDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let largest = 0;
  for (let lane = 0; lane < FINGERPRINT_LANES; lane++) {
    largest = Math.max(largest, Math.abs((a[lane] ?? 0) - (b[lane] ?? 0)));
  }
  return largest;
}
