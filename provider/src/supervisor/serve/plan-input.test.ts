import type { FrameMeta, Hex } from '@assay/wire';
import { expect, test } from 'vitest';
import { planInput } from './plan-input.ts';

type Tensors = Extract<FrameMeta<'ticket'>['input'], { kind: 'tensors' }>['tensors'];
const blob: Hex = `0x${'01'.repeat(32)}`;
const plan = (tensors: Tensors, body = new Uint8Array()) =>
  planInput(
    { input: { kind: 'tensors', tensors } } as Partial<FrameMeta<'ticket'>> as FrameMeta<'ticket'>,
    body,
  );

test('the header says how long a blob is, before it is fetched', () => {
  const { bytes } = plan(
    [
      { name: 'a', datatype: 'FP32', shape: [2, 3], blob },
      { name: 'b', datatype: 'UINT8', shape: [4], bytes: 4 },
    ],
    new Uint8Array(4),
  );
  expect(bytes).toBe(28);
});

test('where the header does not say it, there is a bound', () => {
  const planned = plan([{ name: 'a', datatype: 'BYTES', shape: [1], blob }]);
  expect(planned).toMatchObject({ bytes: 2 ** 24, parts: [{ exact: false }] });
});

test('refuses what no tensor can be', () => {
  const shape = [2 ** 28, 2 ** 28, 2 ** 28, 2 ** 28];
  const I103 = expect.objectContaining({ code: 'I103' });
  expect(() => plan([{ name: 'a', datatype: 'FP64', shape, blob }])).toThrow(I103);
  expect(() => plan([{ name: 'a', datatype: 'FP64', shape: [2 ** 26], blob }])).toThrow(I103);
});
