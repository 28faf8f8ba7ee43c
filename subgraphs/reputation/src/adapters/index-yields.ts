import type { IndexClient } from '@assay/kit';
import type { Address } from '@assay/wire';
import { z } from 'zod';
import type { Yields } from '../domain/reputations.ts';
import { type PoolDay, type TokenScales, yearlyYield } from '../domain/yields.ts';

export interface YieldIndex {
  byProviders(ids: readonly Address[]): Promise<ReadonlyMap<Address, Yields>>;
}

const DAY_US = 86_400_000_000;
const LONGEST_DAYS = 90;

/** Graph-node's timestamps are microseconds. */
const microseconds = z.string().transform(Number);
const number = z.string().transform(Number);
const rewardDays = z.array(z.object({ timestamp: microseconds, rewards: number }));
const stakeDays = z.array(
  z.object({ timestamp: microseconds, delegated: number, slashedDelegated: number }),
);
const rewardPoints = z.array(z.object({ amount: number }));
const poolNow = z
  .object({ delegated: number, slashes: z.array(z.object({ delegated: number })) })
  .nullable();
const answerSchema = z.record(z.string(), z.unknown());

/**
 * One set of aliases a provider, since a list answers at most 1000 rows. Aggregations answer finished days; today is
 * the points since midnight and the pool as it is.
 */
function queryFor(count: number): string {
  const places = Array.from({ length: count }, (_, place) => place);
  const variables = places.map((place) => `$p${place}: Bytes!, $i${place}: ID!`).join(', ');
  const day = 'interval: day, orderBy: timestamp, orderDirection: asc';
  const fields = places.map(
    (place) => `
  rewards${place}: providerRewards(${day}, first: 100, where: { provider: $p${place}, timestamp_gte: $from }) { timestamp rewards }
  stakes${place}: providerStakes(${day}, first: 100, where: { provider: $p${place}, timestamp_gte: $from }) { timestamp delegated slashedDelegated }
  before${place}: providerStakes(interval: day, orderBy: timestamp, orderDirection: desc, first: 1, where: { provider: $p${place}, timestamp_lt: $from }) { timestamp delegated slashedDelegated }
  points${place}: rewardPoints(first: 1000, where: { provider: $p${place}, timestamp_gte: $today }) { amount }
  now${place}: provider(id: $i${place}) { delegated slashes(first: 100, where: { at_gte: $midnight }) { delegated } }`,
  );
  return `query ($from: Timestamp!, $today: Timestamp!, $midnight: BigInt!, ${variables}) { ${fields.join('')} }`;
}

export function createYieldIndex(
  index: IndexClient,
  scales: TokenScales,
  now: () => number = Date.now,
): YieldIndex {
  return {
    async byProviders(ids) {
      const today = Math.floor((now() * 1_000) / DAY_US);
      const named = ids.flatMap((id, place) => [
        [`p${place}`, id],
        [`i${place}`, id],
      ]);
      const variables = {
        ...Object.fromEntries(named),
        from: `${(today - LONGEST_DAYS + 1) * DAY_US}`,
        today: `${today * DAY_US}`,
        midnight: `${(today * DAY_US) / 1_000_000}`,
      };
      const { data } = await index.query(queryFor(ids.length), variables, answerSchema);
      const yields = ids.map((id, place) => [id, yieldsAt(place, today, data, scales)] as const);
      return new Map(yields);
    },
  };
}

type Answer = z.output<typeof answerSchema>;

function yieldsAt(place: number, today: number, data: Answer, scales: TokenScales): Yields {
  const rewards = rewardDays.parse(data[`rewards${place}`]);
  const stakes = stakeDays.parse(data[`stakes${place}`]);
  const before = stakeDays.parse(data[`before${place}`]).at(0)?.delegated ?? 0;
  const points = rewardPoints.parse(data[`points${place}`]);
  const pool = poolNow.parse(data[`now${place}`]);
  const current: PoolDay = {
    rewards: points.reduce((sum, { amount }) => sum + amount, 0),
    delegated: pool?.delegated,
    slashed: (pool?.slashes ?? []).reduce((sum, { delegated }) => sum + delegated, 0),
  };
  return yieldsOf([...finishedDays(today, rewards, stakes), current], before, scales);
}

type RewardDays = z.output<typeof rewardDays>;
type StakeDays = z.output<typeof stakeDays>;

/** The days before today, oldest first, quiet ones included. */
function finishedDays(today: number, rewards: RewardDays, stakes: StakeDays): PoolDay[] {
  const rewardOf = new Map(rewards.map((row) => [Math.floor(row.timestamp / DAY_US), row]));
  const stakeOf = new Map(stakes.map((row) => [Math.floor(row.timestamp / DAY_US), row]));
  return Array.from({ length: LONGEST_DAYS - 1 }, (_, ago) => {
    const day = today - LONGEST_DAYS + 1 + ago;
    const stake = stakeOf.get(day);
    return {
      rewards: rewardOf.get(day)?.rewards ?? 0,
      delegated: stake?.delegated,
      slashed: stake?.slashedDelegated ?? 0,
    };
  });
}

/** A shorter period starts with the pool as it was before it. */
function yieldsOf(days: readonly PoolDay[], before: number, scales: TokenScales): Yields {
  const over = (count: number) => {
    const earlier = days.slice(0, days.length - count);
    const start = earlier.findLast(({ delegated }) => delegated !== undefined)?.delegated ?? before;
    return yearlyYield(days.slice(-count), start, scales);
  };
  return { yield7d: over(7), yield30d: over(30), yield90d: over(90) };
}
