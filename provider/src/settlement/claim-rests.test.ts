import { expect, test } from 'vitest';
import { createRests } from './claim-rests.ts';

test('rests twice as long after each skip, a day at most, and not at all after a claim', () => {
  let now = 0;
  const rests = createRests(60_000, () => now);
  const lengths = Array.from({ length: 14 }, () => {
    rests.begin('one');
    const started = now;
    while (rests.isResting('one')) now += 60_000;
    return (now - started) / 60_000;
  });
  expect(lengths.slice(0, 3)).toEqual([2, 4, 8]);
  expect(lengths.at(-1)).toBe(24 * 60);
  rests.begin('one');
  rests.end('one');
  expect([rests.isResting('one'), rests.isResting('two')]).toEqual([false, false]);
});
