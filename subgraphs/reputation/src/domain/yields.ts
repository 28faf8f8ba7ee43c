/** What a delegation pool earned and lost on one day. */
export interface PoolDay {
  /** Payment units shared out to delegators. */
  readonly rewards: number;
  /** Stake units in the pool at the end of the day; undefined where nothing changed. */
  readonly delegated: number | undefined;
  /** Stake units slashed from the pool. */
  readonly slashed: number;
}

export interface TokenScales {
  /** Base units of one whole payment token and of one whole stake token. */
  readonly payment: number;
  readonly stake: number;
}

/**
 * Yearly rewards, in whole payment tokens, of one whole delegated stake token, after slashes:
 *
 *   yield = (R / D) x (365 / days) x (1 - L)
 *
 * R rewards of the period, D the pool's average at the ends of its days, L the part of the pool slashed in the
 * period. The two tokens have no rate here: multiply by yours. Undefined while nothing was delegated.
 */
export function yearlyYield(
  days: readonly PoolDay[],
  delegatedBefore: number,
  scales: TokenScales,
): number | undefined {
  let pool = delegatedBefore;
  const pools = days.map(({ delegated }) => {
    pool = delegated ?? pool;
    return pool;
  });
  const average = sum(pools) / days.length;
  if (days.length === 0 || average <= 0) return undefined;
  const rewards = sum(days.map((day) => day.rewards)) / scales.payment;
  const slashed = sum(days.map((day) => day.slashed));
  const lost = Math.min(1, slashed / (average + slashed));
  return (rewards / (average / scales.stake)) * (365 / days.length) * (1 - lost);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
