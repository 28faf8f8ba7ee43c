import fc from 'fast-check';
import { afterEach, expect, it, vi } from 'vitest';
import type { Attempt } from './attempt.ts';
import { endInTime, lastMoment } from './end-in-time.ts';

afterEach(() => void vi.useRealTimers());

const TIMES = { deadlineMs: 100_000, clockSkewMs: 0, acceptedAt: 40_000, msPerUnit: 25 };

function setup(task = 'text-generation') {
  vi.useFakeTimers({ now: TIMES.acceptedAt });
  const { deadlineMs, acceptedAt, msPerUnit } = TIMES;
  const attempt = {
    ...{ acceptedAt, released: 0, curtail: new AbortController(), meta: { deadlineMs } },
    offer: { msPerUnit, manifest: { task } },
  } as unknown as Attempt;
  const end = endInTime(attempt, 0);
  const hear = (units: number) => {
    attempt.released += units;
    end.heard();
  };
  const isCurtailed = () => attempt.curtail.signal.aborted;
  return { attempt, end, hear, isCurtailed };
}

it('leaves half a second and two tokens for the receipt, by the gateway’s clock where it is ahead', () => {
  expect(lastMoment(TIMES)).toBe(99_450);
  expect(lastMoment({ ...TIMES, clockSkewMs: -2_000 })).toBe(97_450);
  expect(lastMoment({ ...TIMES, clockSkewMs: 2_000 })).toBe(99_450);
});

it('never takes more than a quarter of the time', () => {
  fc.assert(
    fc.property(fc.nat(20_000), fc.nat(60_000), (allowed, msPerUnit) => {
      const acceptedAt = TIMES.deadlineMs - allowed;
      const moment = lastMoment({ ...TIMES, acceptedAt, msPerUnit });
      expect(moment - acceptedAt).toBeGreaterThanOrEqual(allowed * 0.75);
      expect(moment).toBeLessThanOrEqual(TIMES.deadlineMs);
    }),
  );
});

it('ends a text that has output at the last moment, and not before', () => {
  const { end, hear, isCurtailed } = setup();
  hear(3);
  vi.advanceTimersByTime(59_449);
  expect([isCurtailed(), end.endedIt]).toEqual([false, false]);
  vi.advanceTimersByTime(1);
  expect([isCurtailed(), end.endedIt]).toEqual([true, true]);
});

it('ends a text whose first token comes later with that token', () => {
  const { end, hear, isCurtailed } = setup();
  vi.advanceTimersByTime(59_500);
  expect(isCurtailed()).toBe(false);
  hear(1);
  expect([isCurtailed(), end.endedIt]).toEqual([true, true]);
});

it('a text that is over, or that its client ended, was not cut short', () => {
  const over = setup();
  over.hear(1);
  over.end.clear();
  vi.advanceTimersByTime(60_000);
  expect([over.isCurtailed(), over.end.endedIt]).toEqual([false, false]);
  const left = setup();
  left.hear(1);
  left.attempt.curtail.abort();
  vi.advanceTimersByTime(60_000);
  expect(left.end.endedIt).toBe(false);
});

it('leaves alone what cannot stop half-way', () => {
  const { hear, isCurtailed } = setup('tensor');
  hear(1);
  vi.advanceTimersByTime(60_000);
  expect(isCurtailed()).toBe(false);
});
