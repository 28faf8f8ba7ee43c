import { expect, it } from 'vitest';
import { earnedRewards, shareValue, thawValue } from './stake-values.ts';

const pool = {
  delegated: 300n,
  delegatedThawing: 100n,
  delegatedShares: 50n,
  rewardPerShare: 3n * 10n ** 36n,
};

it('values shares by the active part of the pool', () => {
  expect(shareValue(10n, pool)).toBe(40n);
  expect(shareValue(10n, { ...pool, delegatedShares: 0n })).toBe(0n);
});

it('adds what a share earned since the rewards were settled', () => {
  const settled = { shares: 10n, rewards: 7n, rewardPerShare: 10n ** 36n };
  expect(earnedRewards(settled, pool)).toBe(27n);
});

it('takes slashes off a thaw, and all of it once its epoch is over', () => {
  const provider = { ownSurvival: 0.45, ownEpoch: 1, delegatedSurvival: 1, delegatedEpoch: 0 };
  const thaw = { provider, delegator: null, tokens: 1_000n, survivalAtStart: 0.9, epoch: 1 };
  expect(thawValue(thaw)).toBe(500n);
  expect(thawValue({ ...thaw, epoch: 0 })).toBe(0n);
  expect(thawValue({ ...thaw, delegator: '0x01', epoch: 0, survivalAtStart: 1 })).toBe(1_000n);
});
