import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backOffMs } from './back-off.ts';

test('stays between half and the whole of a doubling ceiling of at most 30 s', () => {
  fc.assert(
    fc.property(fc.nat(10_000), fc.double({ min: 0, max: 1, noNaN: true }), (failures, random) => {
      const wait = backOffMs(failures, random);
      expect(wait).toBeGreaterThanOrEqual(125);
      expect(wait).toBeLessThanOrEqual(30_000);
    }),
  );
  expect([backOffMs(0, 1), backOffMs(1, 1), backOffMs(2, 1)]).toEqual([250, 500, 1000]);
});
