import type { Tensor } from '@assay/wire';
import { expect, it } from 'vitest';
import { outputFault } from './output-fault.ts';

const good: Tensor = { name: 'y', datatype: 'FP32', shape: [2], data: new Uint8Array(8) };

it('passes outputs whose bytes fit their header', () => {
  expect(outputFault([good, { ...good, shape: [], data: new Uint8Array(4) }])).toBeUndefined();
});

it.each([
  { ...good, shape: [3] },
  { ...good, shape: [-2] },
  { ...good, datatype: 'FP128' as 'FP32' },
  { ...good, name: '' },
  { ...good, datatype: 'BYTES' as const, data: Uint8Array.of(255, 255, 255, 255, 0, 0, 0, 0) },
])('names what a lying child reports', (tensor) => {
  expect(outputFault([good, tensor])).toMatch(/^output /);
});

it('says how many outputs a job carries at most', () => {
  const many = Array.from({ length: 17 }, (_, index) => ({ ...good, name: `y${index}` }));
  expect(outputFault(many.slice(0, 16))).toBeUndefined();
  expect(outputFault(many)).toMatch(/^17 outputs/);
});
