import { expect, it } from 'vitest';
import { yearlyYield } from './yields.ts';

const scales = { payment: 1e6, stake: 1e18 };
const quiet = { rewards: 0, delegated: undefined, slashed: 0 };

it('annualises the rewards of a whole token', () => {
  const days = [{ ...quiet, rewards: 7e6 }, ...Array.from({ length: 6 }, () => quiet)];
  expect(yearlyYield(days, 100e18, scales)).toBeCloseTo(((7 / 100) * 365) / 7);
});

it('counts the pool as it was at the end of each day', () => {
  const days = [
    { ...quiet, rewards: 3e6 },
    { ...quiet, delegated: 300e18 },
  ];
  expect(yearlyYield(days, 100e18, scales)).toBeCloseTo((3 / 200) * (365 / 2));
});

it('takes slashes off', () => {
  const days = [{ rewards: 1e6, delegated: 95e18, slashed: 5e18 }];
  expect(yearlyYield(days, 100e18, scales)).toBeCloseTo((1 / 95) * 365 * 0.95);
});

it('knows no yield of an empty pool', () => {
  expect(yearlyYield([quiet], 0, scales)).toBeUndefined();
  expect(yearlyYield([], 5, scales)).toBeUndefined();
});
