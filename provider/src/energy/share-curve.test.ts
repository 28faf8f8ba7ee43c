import { expect, it } from 'vitest';
import { createShareCurve } from './share-curve.ts';

const WATTS = 100;

/** Runs with their start and end; what each is charged, and the energy spent while anything ran. */
function charge(runs: readonly (readonly [from: number, to: number])[]) {
  const curve = createShareCurve();
  const moments = [...new Set(runs.flat())].toSorted((a, b) => a - b);
  let spent = 0;
  let [last, sharing] = [0, 0];
  for (const at of moments) {
    if (sharing > 0) spent += (WATTS * (at - last)) / 1_000;
    last = at;
    sharing = runs.filter(([from, to]) => from <= at && at < to).length;
    curve.advance(at, WATTS, sharing);
  }
  return { spent, charged: runs.map(([from, to]) => curve.joulesBetween(from, to) ?? Number.NaN) };
}

it('of two runs that overlap, the later to end is not charged for both', () => {
  const { charged } = charge([
    [0, 1_000],
    [0, 2_000],
  ]);
  expect(charged[0]).toBeCloseTo(50);
  expect(charged[1]).toBeCloseTo(50 + 100);
});

it('whatever overlaps, the charges add up to the energy', () => {
  let seed = 3;
  const below = (most: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed % most;
  };
  for (let round = 0; round < 50; round++) {
    const runs = Array.from({ length: 1 + below(12) }, () => {
      const from = below(5_000);
      return [from, from + 1 + below(3_000)] as const;
    });
    const { spent, charged } = charge(runs);
    expect(charged.reduce((sum, joules) => sum + joules, 0)).toBeCloseTo(spent, 6);
  }
});

it('says nothing of a time in which the power was not known', () => {
  const curve = createShareCurve();
  curve.advance(0, WATTS, 1);
  curve.advance(1_000, undefined, 1);
  curve.advance(2_000, WATTS, 1);
  curve.advance(3_000, WATTS, 0);
  expect(curve.joulesBetween(500, 3_000)).toBeUndefined();
  expect(curve.joulesBetween(2_000, 3_000)).toBeCloseTo(100);
  expect(curve.joulesBetween(2_500, 3_500)).toBeUndefined();
});

it('idle power is nobody’s', () => {
  const curve = createShareCurve();
  curve.advance(0, WATTS, 0);
  curve.advance(60_000, WATTS, 1);
  curve.advance(61_000, WATTS, 0);
  expect(curve.joulesBetween(0, 61_000)).toBeCloseTo(100);
});
