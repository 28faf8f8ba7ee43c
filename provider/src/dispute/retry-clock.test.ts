import { expect, test } from 'vitest';
import { createRetryClock } from './retry-clock.ts';

function setup() {
  const clock = { now: 1_000_000 };
  const retries = createRetryClock(
    () => clock.now,
    () => 1,
  );
  /** How long until it is due again. */
  const waitAfterFailing = (atMostMs: number): number => {
    retries.failed('a', atMostMs);
    const from = clock.now;
    while (!retries.isDue('a')) clock.now += 50;
    return clock.now - from;
  };
  return { retries, waitAfterFailing };
}

test('waits longer with each failure, up to the limit, and starts anew once forgotten', () => {
  const { retries, waitAfterFailing } = setup();
  expect(retries.isDue('a')).toBe(true);
  const waits = [1, 2, 3, 4].map(() => waitAfterFailing(3_000));
  expect(waits).toEqual(waits.toSorted((a, b) => a - b));
  expect(new Set(waits).size).toBeGreaterThan(2);
  expect(waits.at(-1)).toBe(3_000);
  retries.failed('a', 3_000);
  retries.forget('a');
  expect(retries.isDue('a')).toBe(true);
});
