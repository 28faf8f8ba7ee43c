import type { Tensor } from '@assay/wire';
import { halfToFloat } from '../../inference/half-to-float.ts';

/** The float outputs one after another as FP32; a single FP32 output is not copied. */
export function fingerprintSource(outputs: readonly Tensor[]): Float32Array {
  const parts = outputs.map(asFloats).filter((part) => part !== undefined);
  if (parts.length === 1 && parts[0]) return parts[0];
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}

function asFloats({ datatype, data }: Tensor): Float32Array | undefined {
  const aligned = data.byteOffset % 8 === 0 ? data : Uint8Array.from(data);
  const { buffer, byteOffset, byteLength } = aligned;
  if (datatype === 'FP32') return new Float32Array(buffer, byteOffset, byteLength / 4);
  if (datatype === 'FP64')
    return Float32Array.from(new Float64Array(buffer, byteOffset, byteLength / 8));
  if (datatype === 'FP16')
    return Float32Array.from(new Uint16Array(buffer, byteOffset, byteLength / 2), halfToFloat);
  return undefined;
}
