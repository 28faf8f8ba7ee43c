import { expect, test } from 'vitest';
import { createTurns } from './turns.ts';

test('never runs more at once than it may, loses none, and goes on after a failure', async () => {
  const turns = createTurns(2);
  let [under, most] = [0, 0];
  const works = Array.from({ length: 9 }, (_, index) =>
    turns(async () => {
      under += 1;
      most = Math.max(most, under);
      await new Promise((resolve) => setImmediate(resolve));
      under -= 1;
      if (index % 3 === 0) throw new Error('one of them');
      return index;
    }),
  );
  const outcomes = await Promise.allSettled(works);
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(6);
  expect([under, most]).toEqual([0, 2]);
});
