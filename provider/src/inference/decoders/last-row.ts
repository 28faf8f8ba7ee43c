import type { Tensor as OrtTensor } from 'onnxruntime-node';
import { halfToFloat } from '../half-to-float.ts';
import { InferenceFault } from '../inference-fault.ts';

/** Logits of the last position of `logits` [1, n, vocabulary], as FP32. */
export function lastRow(logits: OrtTensor | undefined): Float32Array {
  const vocabulary = logits?.dims.at(-1);
  if (!logits || !vocabulary)
    throw new InferenceFault('M600', { details: { reason: 'the graph has no output "logits"' } });
  const { data } = logits;
  if (data instanceof Float32Array) return data.subarray(data.length - vocabulary);
  if (logits.type !== 'float16')
    throw new InferenceFault('M600', {
      details: { reason: 'logits are neither FP32 nor FP16', type: logits.type },
    });
  const { buffer, byteOffset, length } = data as Uint16Array;
  return Float32Array.from(
    new Uint16Array(buffer, byteOffset + (length - vocabulary) * 2, vocabulary),
    halfToFloat,
  );
}
