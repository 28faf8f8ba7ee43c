import { manifestSchema } from '@assay/wire';
import { expect, it } from 'vitest';
import { batchShape } from './batch-key.ts';

const manifest = manifestSchema.parse({
  name: 'm',
  version: '1',
  task: 'tensor',
  unit: 'request',
  licence: 'MIT',
  files: [{ path: 'model.onnx', role: 'model', sha256: `0x${'0'.repeat(64)}`, bytes: 1 }],
  inputs: [{ name: 'x', datatype: 'UINT8', shape: [-1, -1] }],
  outputs: [],
  batchAxis: 0,
  opset: 17,
  ops: [],
  peakMemoryBytes: 1,
});
const shapeOf = (columns: number) =>
  batchShape(manifest, {
    modelId: '',
    params: {},
    input: {
      kind: 'tensors',
      tensors: [
        { name: 'x', datatype: 'UINT8', shape: [1, columns], data: new Uint8Array(columns) },
      ],
    },
  });

it('lets rows of one shape share a run', () => {
  expect(shapeOf(4)).toEqual(shapeOf(4));
  expect(shapeOf(4)?.key).not.toBe(shapeOf(5)?.key);
});

it('never batches rows of which a full batch would not fit its frame', () => {
  expect(shapeOf(32 * 1024 ** 2)).toBeDefined();
  expect(shapeOf(32 * 1024 ** 2 + 1)).toBeUndefined();
});
