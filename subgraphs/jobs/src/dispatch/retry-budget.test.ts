import { expect, it } from 'vitest';
import { createRetryBudget } from './retry-budget.ts';

it('allows a burst of retries, then one for every ten jobs', () => {
  const budget = createRetryBudget();
  let burst = 0;
  while (budget.take()) burst += 1;
  expect(burst).toBe(200);
  let taken = 0;
  for (let job = 0; job < 100; job++) {
    budget.earn();
    if (budget.take()) taken += 1;
  }
  expect(taken).toBeGreaterThanOrEqual(9);
  expect(taken).toBeLessThanOrEqual(10);
});
