import type { Datatype } from '@assay/wire';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { firstNonFinite } from './first-non-finite.ts';

const tensor = (datatype: Datatype, values: ArrayBufferView<ArrayBuffer>, shift = 0) => {
  const bytes = new Uint8Array(values.buffer);
  const data = new Uint8Array(bytes.byteLength + shift).subarray(shift);
  data.set(bytes);
  return { name: 'x', datatype, shape: [bytes.byteLength], data };
};

it.each([0, 1, 3])(
  'finds NaN and infinities of every float type, %i bytes off alignment',
  (shift) => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      expect(firstNonFinite(tensor('FP32', Float32Array.of(1, bad, 0), shift))).toBe(1);
      expect(firstNonFinite(tensor('FP64', Float64Array.of(1, 2, bad), shift))).toBe(2);
    }
    for (const bad of [0x7c00, 0xfc00, 0x7e00, 0xfc01])
      expect(firstNonFinite(tensor('FP16', Uint16Array.of(0x3c00, bad), shift))).toBe(1);
  },
);

it('finds it wherever it is, in tensors of any length', () => {
  const bad = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
  fc.assert(
    fc.property(
      fc.array(fc.float({ noNaN: true }), { maxLength: 40 }),
      fc.nat(),
      bad,
      (all, at, value) => {
        const finite = all.filter((each) => Number.isFinite(each));
        expect(firstNonFinite(tensor('FP32', Float32Array.from(finite)))).toBe(-1);
        const place = at % (finite.length + 1);
        const spoilt = finite.toSpliced(place, 0, value);
        for (const [datatype, values] of [
          ['FP32', Float32Array.from(spoilt)],
          ['FP64', Float64Array.from(spoilt)],
        ] as const)
          expect(firstNonFinite(tensor(datatype, values))).toBe(place);
      },
    ),
  );
});

it('passes finite values, the largest among them, and types that have no NaN', () => {
  expect(firstNonFinite(tensor('FP16', Uint16Array.of(0x7bff, 0xfbff, 0, 1)))).toBe(-1);
  expect(firstNonFinite(tensor('FP32', Float32Array.of(3.4e38, -0, 1e-45)))).toBe(-1);
  expect(firstNonFinite(tensor('FP64', Float64Array.of(1.7e308)))).toBe(-1);
  expect(firstNonFinite(tensor('INT32', Int32Array.of(0x7fc0_0000)))).toBe(-1);
});
