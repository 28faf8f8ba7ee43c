import { expect, test } from 'vitest';
import { createUnitEnergy } from './unit-energy.ts';

test('advertises joules and grams of its one model, and nothing it does not know', () => {
  const energy = createUnitEnergy('rapl', 360);
  expect(energy.describe(['0x01'])).toEqual({ method: 'rapl' });
  energy.note('0x01', 100, 10);
  energy.note('0x01', 5, 0);
  expect(energy.describe(['0x01'])).toEqual({
    method: 'rapl',
    joulesPerUnit: 10,
    gramsCO2PerUnit: 0.001,
  });
  expect(energy.describe(['0x01', '0x02'])).toEqual({ method: 'rapl' });
});

test('without a grid figure no grams, without a meter nothing', () => {
  const noGrid = createUnitEnergy('rapl', undefined);
  noGrid.note('0x01', 10, 1);
  expect(noGrid.describe(['0x01'])).toEqual({ method: 'rapl', joulesPerUnit: 10 });
  expect(createUnitEnergy('unavailable', 360).describe(['0x01'])).toEqual({
    method: 'unavailable',
  });
});
