import { expect, it } from 'vitest';
import { isNotable, movedReputation } from './score-changes.ts';
import { Scoreboard } from './scoreboard.ts';
import { address, chainOf, facts, outcome } from './testing.ts';

const PROVIDER = address(1);

function standing(slashes: { atMs: number; reason: string }[] = [], failures = 0) {
  const board = new Scoreboard();
  for (let place = 0; place < failures; place++)
    board.apply(outcome({ kind: 'failed', providerId: PROVIDER, payer: address(100 + place) }));
  const found = board.evaluate(0, chainOf([PROVIDER], { ...facts(), slashes })).get(PROVIDER);
  if (found === undefined) throw new Error('the provider is on the chain');
  return found;
}

it('names the slash as the reason, though trust falls more', () => {
  const first = movedReputation(PROVIDER, undefined, standing(), 0);
  const after = movedReputation(PROVIDER, first, standing([{ atMs: 0, reason: 'conflict' }]), 5);
  expect(first.lastChange).toBeUndefined();
  expect(after.lastChange).toMatchObject({ at: 5, from: first.score, to: after.score });
  expect(after.lastChange?.reason).toMatch(/^record fell: .*conflict/);
});

it('names the part that moved most otherwise', () => {
  const first = movedReputation(PROVIDER, undefined, standing(), 0);
  const after = movedReputation(PROVIDER, first, standing([], 3), 5);
  expect(after.lastChange?.reason).toMatch(/^reliability fell/);
});

it('keeps one point of history an hour', () => {
  const hour = 3_600_000;
  let reputation = movedReputation(PROVIDER, undefined, standing(), 0);
  for (const at of [1, hour, hour + 1, 100 * hour])
    reputation = movedReputation(PROVIDER, reputation, standing(), at);
  expect(reputation.history.map(({ at }) => at)).toEqual([1, hour + 1, 100 * hour]);
});

it('does not report what nobody would notice', () => {
  const before = movedReputation(PROVIDER, undefined, standing(), 0);
  expect(isNotable(before, standing())).toBe(false);
  expect(isNotable(undefined, standing())).toBe(true);
  expect(isNotable(before, standing([], 3))).toBe(true);
});
