interface Pool {
  readonly delegated: bigint;
  readonly delegatedThawing: bigint;
  readonly delegatedShares: bigint;
  readonly rewardPerShare: bigint;
}

/** Staking keeps `rewardPerShare` in units of 10^-36. */
const REWARD_SCALE = 10n ** 36n;

/** Stake tokens that shares are worth now: their part of the pool that is not thawing. */
export function shareValue(shares: bigint, pool: Pool): bigint {
  const active = pool.delegated - pool.delegatedThawing;
  return pool.delegatedShares === 0n ? 0n : (shares * active) / pool.delegatedShares;
}

interface Settled {
  readonly shares: bigint;
  readonly rewards: bigint;
  readonly rewardPerShare: bigint;
}

/** Payment tokens a delegation could claim now. */
export function earnedRewards({ shares, rewards, rewardPerShare }: Settled, pool: Pool): bigint {
  return rewards + (shares * (pool.rewardPerShare - rewardPerShare)) / REWARD_SCALE;
}

interface ThawFacts {
  readonly provider: {
    readonly ownSurvival: number;
    readonly ownEpoch: number;
    readonly delegatedSurvival: number;
    readonly delegatedEpoch: number;
  };
  readonly delegator: string | null;
  readonly tokens: bigint;
  readonly survivalAtStart: number;
  readonly epoch: number;
}

const PRECISION = 1_000_000_000n;

/** What is left of a thaw: slashes reach thawing stake, and one that leaves nothing ends its epoch. */
export function thawValue({
  provider,
  delegator,
  tokens,
  survivalAtStart,
  epoch,
}: ThawFacts): bigint {
  const own = delegator === null;
  const current = own ? provider.ownEpoch : provider.delegatedEpoch;
  if (epoch !== current || survivalAtStart <= 0) return 0n;
  const survival = own ? provider.ownSurvival : provider.delegatedSurvival;
  const part = BigInt(Math.round((survival / survivalAtStart) * Number(PRECISION)));
  return (tokens * part) / PRECISION;
}
