import { expect, test } from 'vitest';
import type { GridReading } from './grid-source.ts';
import { createUnitEnergy } from './unit-energy.ts';

const METER = { method: 'rapl', confidence: 'so so' } as const;
const GRID: GridReading = { gramsPerKwh: 360, method: 'table', confidence: 'a mean' };
const grid = (reading?: GridReading) => ({ now: () => reading, close: () => undefined });

test('advertises joules and grams of its one model with their methods, and nothing it does not know', () => {
  const energy = createUnitEnergy(METER, grid(GRID));
  expect(energy.describe(['0x01'])).toEqual(METER);
  energy.note('0x01', 100, 10);
  energy.note('0x01', 5, 0);
  expect(energy.describe(['0x01'])).toEqual({
    ...{ ...METER, joulesPerUnit: 10, gramsCO2PerUnit: 0.001 },
    ...{ gridMethod: 'table', gridConfidence: 'a mean' },
  });
  expect(energy.describe(['0x01', '0x02'])).toEqual(METER);
});

test('without a grid figure no grams, without a meter nothing', () => {
  const noGrid = createUnitEnergy(METER, grid());
  noGrid.note('0x01', 10, 1);
  expect(noGrid.describe(['0x01'])).toEqual({ ...METER, joulesPerUnit: 10 });
  const noMeter = createUnitEnergy({ method: 'unavailable', confidence: 'none' }, grid(GRID));
  expect(noMeter.describe(['0x01'])).toEqual({ method: 'unavailable' });
});
