import type { Manifest, Tensor } from '@assay/wire';
import { packStrings } from './string-tensor.ts';

const BYTES = {
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
} as const;

/**
 * Inputs to measure a model with. Open dimensions are 1 unless `parameters["sample.<input>"]` gives the shape
 * (`1x3x320x320`); `parameters["sampleValue.<input>"]` gives the value, 0 otherwise.
 */
export function sampleTensors(manifest: Manifest): Tensor[] {
  return manifest.inputs.map(({ name, datatype, shape }) => {
    const stated = manifest.parameters[`sample.${name}`];
    const concrete =
      typeof stated === 'string'
        ? parseShape(stated)
        : shape.map((dimension) => Math.max(1, dimension));
    const elements = concrete.reduce((product, dimension) => product * dimension, 1);
    if (datatype === 'BYTES')
      return {
        name,
        datatype,
        shape: concrete,
        data: packStrings(Array.from({ length: elements }, () => '')),
      };
    const data = new Uint8Array(elements * BYTES[datatype]);
    const value = manifest.parameters[`sampleValue.${name}`];
    if (typeof value === 'number') fill(data, datatype, value);
    return { name, datatype, shape: concrete, data };
  });
}

function parseShape(text: string): number[] {
  return text === ''
    ? []
    : text.split('x').map((part) => Math.max(1, Math.trunc(Number(part)) || 1));
}

function fill(data: Uint8Array<ArrayBuffer>, datatype: keyof typeof BYTES, value: number): void {
  if (datatype === 'FP32') new Float32Array(data.buffer).fill(value);
  else if (datatype === 'FP64') new Float64Array(data.buffer).fill(value);
  else if (datatype === 'INT64' || datatype === 'UINT64')
    new BigInt64Array(data.buffer).fill(BigInt(Math.trunc(value)));
  else if (datatype === 'INT32' || datatype === 'UINT32') new Int32Array(data.buffer).fill(value);
  else if (datatype === 'INT16' || datatype === 'UINT16') new Int16Array(data.buffer).fill(value);
  else if (datatype !== 'FP16') data.fill(value);
}
