import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Datatype, Tensor } from '@assay/wire';
import { expect, it, onTestFinished } from 'vitest';
import { type Element, writeModel } from '../bundle/onnx/write-model.ts';
import { openSession } from './onnx-session.ts';
import { fromOrtTensor, toOrtTensor } from './ort-tensor.ts';
import { packStrings, unpackStrings } from './string-tensor.ts';

const RUNTIME = { executionProvider: 'cpu', optimisation: 'all', threads: 1, tf32: false } as const;
const ELEMENTS: Readonly<Record<Datatype, number>> = {
  FP32: 1,
  UINT8: 2,
  INT8: 3,
  UINT16: 4,
  INT16: 5,
  INT32: 6,
  INT64: 7,
  BYTES: 8,
  BOOL: 9,
  FP16: 10,
  FP64: 11,
  UINT32: 12,
  UINT64: 13,
};
const SIZES: Readonly<Record<Datatype, number>> = {
  FP32: 4,
  UINT8: 1,
  INT8: 1,
  UINT16: 2,
  INT16: 2,
  INT32: 4,
  INT64: 8,
  BYTES: 0,
  BOOL: 1,
  FP16: 2,
  FP64: 8,
  UINT32: 4,
  UINT64: 8,
};

async function identity(element: number) {
  const directory = await mkdtemp(join(tmpdir(), 'assay-tensor-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const value = (name: string) => ({ name, element: element as Element, shape: ['n'] });
  const graph = {
    inputs: [value('x')],
    outputs: [value('y')],
    operations: [{ type: 'Identity', inputs: ['x'], outputs: ['y'] }],
  };
  const file = join(directory, 'model.onnx');
  await writeFile(file, writeModel(graph));
  return openSession(file, RUNTIME);
}

it.each(Object.keys(ELEMENTS) as Datatype[])(
  '%s goes through the runtime bit by bit, aligned or not',
  async (datatype) => {
    const session = await identity(ELEMENTS[datatype]);
    const size = SIZES[datatype];
    const data =
      datatype === 'BYTES'
        ? packStrings(['', 'wörld', '😀'])
        : Uint8Array.from({ length: 3 * size }, (_, at) =>
            datatype === 'BOOL' ? at % 2 : at * 7 + 1,
          );
    for (const shift of [0, 1]) {
      const shifted = new Uint8Array(data.byteLength + shift).subarray(shift);
      shifted.set(data);
      const tensor: Tensor = { name: 'x', datatype, shape: [3], data: shifted };
      const { y } = await session.run({ x: toOrtTensor(tensor) });
      if (!y) throw new Error('no output');
      expect({ ...fromOrtTensor('y', y), data: [...fromOrtTensor('y', y).data] }).toEqual({
        name: 'y',
        datatype,
        shape: [3],
        data: [...data],
      });
    }
  },
);

it('a BYTES element longer than its tensor is a RangeError', () => {
  expect(() => unpackStrings(Uint8Array.of(200, 0, 0, 0, 1))).toThrow(RangeError);
});
