import type { IndexClient } from '@assay/kit';
import { z } from 'zod';
import type { StatsQuery } from '../domain/reputations.ts';
import { amount } from './index-shapes.ts';

/** What the chain knows of one hour or day. */
export interface ChainStat {
  /** Seconds since the epoch. */
  readonly start: number;
  readonly fees: bigint;
  readonly royalties: bigint;
  readonly staked: bigint;
  readonly delegated: bigint;
  readonly slashed: bigint;
}

export interface StatsIndex {
  /** Oldest first, one entry for every hour or day, quiet ones included; at most 1000. */
  list(query: StatsQuery): Promise<readonly ChainStat[]>;
}

const MICROSECONDS = 1_000_000;
const INTERVAL_SECONDS = { HOUR: 3_600, DAY: 86_400 } as const;
const INTERVAL_NAMES = { HOUR: 'hour', DAY: 'day' } as const;
/** How far back where the question does not say. */
const DEFAULT_BUCKETS = { HOUR: 48, DAY: 30 } as const;
const MAX_BUCKETS = 1_000;

const start = z.string().transform((value) => Number(value) / MICROSECONDS);
const stakeSchema = z.object({
  timestamp: start,
  staked: amount,
  delegated: amount,
  slashedOwn: amount,
  slashedDelegated: amount,
});
const answerSchema = z.object({
  settlements: z.array(z.object({ timestamp: start, protocolFees: amount, royalties: amount })),
  stakes: z.array(stakeSchema),
  before: z.array(stakeSchema),
});

const STATS = `query ($interval: Aggregation_interval!, $from: Timestamp!, $to: Timestamp!) {
  settlements: protocolSettlements(interval: $interval, current: include, first: 1000, where: { timestamp_gte: $from, timestamp_lte: $to }) {
    timestamp protocolFees royalties
  }
  stakes: protocolStakes(interval: $interval, current: include, first: 1000, where: { timestamp_gte: $from, timestamp_lte: $to }) {
    timestamp staked delegated slashedOwn slashedDelegated
  }
  before: protocolStakes(interval: $interval, current: include, first: 1, orderBy: timestamp, orderDirection: desc, where: { timestamp_lt: $from }) {
    timestamp staked delegated slashedOwn slashedDelegated
  }
}`;

export function createStatsIndex(index: IndexClient, now: () => number = Date.now): StatsIndex {
  return {
    async list(query) {
      const starts = bucketsOf(query, now());
      const from = `${(starts.at(0) ?? 0) * MICROSECONDS}`;
      const to = `${(starts.at(-1) ?? 0) * MICROSECONDS}`;
      const interval = INTERVAL_NAMES[query.interval];
      const { data } = await index.query(STATS, { interval, from, to }, answerSchema);
      return joined(starts, data);
    },
  };
}

/** The starts of the hours or days asked for, oldest first. */
export function bucketsOf({ interval, from, to }: StatsQuery, now: number): number[] {
  const length = INTERVAL_SECONDS[interval];
  const last = Math.floor(Math.min(to?.getTime() ?? now, now) / 1_000 / length);
  const earliest = last - MAX_BUCKETS + 1;
  const wanted =
    from === undefined
      ? last - DEFAULT_BUCKETS[interval] + 1
      : Math.floor(from.getTime() / 1_000 / length);
  const first = Math.max(wanted, earliest);
  return Array.from(
    { length: Math.max(0, last - first + 1) },
    (_, place) => (first + place) * length,
  );
}

/** Stakes stand until they change; fees belong to their own hour or day. */
function joined(starts: readonly number[], data: z.output<typeof answerSchema>): ChainStat[] {
  const settlements = new Map(data.settlements.map((row) => [row.timestamp, row]));
  const stakes = new Map(data.stakes.map((row) => [row.timestamp, row]));
  let { staked, delegated } = data.before.at(0) ?? { staked: 0n, delegated: 0n };
  return starts.map((start) => {
    const stake = stakes.get(start);
    const settlement = settlements.get(start);
    ({ staked, delegated } = stake ?? { staked, delegated });
    return {
      start,
      staked,
      delegated,
      fees: settlement?.protocolFees ?? 0n,
      royalties: settlement?.royalties ?? 0n,
      slashed: stake === undefined ? 0n : stake.slashedOwn + stake.slashedDelegated,
    };
  });
}
