import type { Manifest, Tensor } from '@assay/wire';
import { expect, it } from 'vitest';
import { rowCount, splitRows, stackRows } from './stack-rows.ts';

const MANIFEST = {
  batchAxis: 0,
  parameters: { 'batchAxis.state': 1, 'batchAxis.sr': -1 },
} as unknown as Manifest;
const fp32 = (name: string, shape: number[], from: number): Tensor => {
  const size = shape.reduce((product, dimension) => product * dimension, 1);
  return {
    name,
    datatype: 'FP32',
    shape,
    data: new Uint8Array(Float32Array.from({ length: size }, (_, at) => from + at).buffer),
  };
};
const values = (tensor: Tensor | undefined) => [
  ...new Float32Array(tensor?.data.slice().buffer ?? new ArrayBuffer(0)),
];

it('stacks each tensor along its own axis and takes the rows apart again', () => {
  const rows = [1, 2].map((count, index) => [
    fp32('x', [count, 2], 10 * index),
    fp32('state', [2, count, 2], 100 * index),
    fp32('sr', [], 16),
  ]);
  const stacked = stackRows(MANIFEST, rows);
  expect(stacked.map(({ name, shape }) => [name, shape])).toEqual([
    ['x', [3, 2]],
    ['state', [2, 3, 2]],
    ['sr', []],
  ]);
  expect(values(stacked[1])).toEqual([0, 1, 100, 101, 102, 103, 2, 3, 104, 105, 106, 107]);
  const apart = splitRows(MANIFEST, stacked, rows);
  expect(apart.map((row) => row.map(values))).toEqual(rows.map((row) => row.map(values)));
  expect(apart.map((row) => row.map(({ shape }) => shape))).toEqual(
    rows.map((row) => row.map(({ shape }) => shape)),
  );
  expect(rows.map((row) => rowCount(MANIFEST, row))).toEqual([1, 2]);
});

it('refuses an output that does not divide by the rows', () => {
  const rows = [[fp32('x', [1, 2], 0)], [fp32('x', [1, 2], 0)]];
  expect(() => splitRows(MANIFEST, [fp32('y', [3, 2], 0)], rows)).toThrow(
    expect.objectContaining({ code: 'M600' }),
  );
});
