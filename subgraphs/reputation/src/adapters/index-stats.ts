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
const settlementSchema = z.object({ timestamp: start, protocolFees: amount, royalties: amount });
const stakeSchema = z.object({
  timestamp: start,
  staked: amount,
  delegated: amount,
  slashedOwn: amount,
  slashedDelegated: amount,
});
const answerSchema = z.object({
  settlements: z.array(settlementSchema),
  stakes: z.array(stakeSchema),
  before: z.array(stakeSchema),
  hours: z.array(settlementSchema),
  points: z.array(z.object({ protocolFee: amount, royalty: amount })),
  slashes: z.array(z.object({ own: amount, delegated: amount })),
  protocols: z.array(z.object({ staked: amount, delegated: amount })),
});

/**
 * Aggregations answer finished hours and days only (asking for the current one fails while it is empty), so the
 * current one is made of its finished hours, the points since, the slashes of its time and the totals of now.
 */
const STATS = `query (
  $interval: Aggregation_interval!, $from: Timestamp!, $to: Timestamp!, $current: Timestamp!, $hour: Timestamp!, $since: BigInt!
) {
  settlements: protocolSettlements(interval: $interval, first: 1000, where: { timestamp_gte: $from, timestamp_lte: $to }) {
    timestamp protocolFees royalties
  }
  stakes: protocolStakes(interval: $interval, first: 1000, where: { timestamp_gte: $from, timestamp_lte: $to }) {
    timestamp staked delegated slashedOwn slashedDelegated
  }
  before: protocolStakes(interval: $interval, first: 1, orderBy: timestamp, orderDirection: desc, where: { timestamp_lt: $from }) {
    timestamp staked delegated slashedOwn slashedDelegated
  }
  hours: protocolSettlements(interval: hour, first: 24, where: { timestamp_gte: $current, timestamp_lt: $hour }) {
    timestamp protocolFees royalties
  }
  points: settlementPoints(first: 1000, where: { timestamp_gte: $hour }) { protocolFee royalty }
  slashes(first: 1000, where: { at_gte: $since }) { own delegated }
  protocols(first: 1) { staked delegated }
}`;

export function createStatsIndex(index: IndexClient, now: () => number = Date.now): StatsIndex {
  return {
    async list(query) {
      const starts = bucketsOf(query, now());
      const current = startOf(query.interval, now());
      const variables = {
        interval: INTERVAL_NAMES[query.interval],
        from: microseconds(starts.at(0) ?? current),
        to: microseconds(starts.at(-1) ?? current),
        current: microseconds(current),
        hour: microseconds(startOf('HOUR', now())),
        since: `${current}`,
      };
      const { data } = await index.query(STATS, variables, answerSchema);
      const finished = joined(starts, data);
      return finished.map((stat) => (stat.start === current ? currentStat(current, data) : stat));
    },
  };
}

const microseconds = (seconds: number) => `${seconds * MICROSECONDS}`;

function startOf(interval: StatsQuery['interval'], now: number): number {
  const length = INTERVAL_SECONDS[interval];
  return Math.floor(now / 1_000 / length) * length;
}

function currentStat(start: number, data: z.output<typeof answerSchema>): ChainStat {
  const { staked = 0n, delegated = 0n } = data.protocols.at(0) ?? {};
  const { hours, points, slashes } = data;
  return {
    start,
    staked,
    delegated,
    fees: total(hours, (row) => row.protocolFees) + total(points, (row) => row.protocolFee),
    royalties: total(hours, (row) => row.royalties) + total(points, (row) => row.royalty),
    slashed: total(slashes, (slash) => slash.own + slash.delegated),
  };
}

function total<T>(rows: readonly T[], amountOf: (row: T) => bigint): bigint {
  return rows.reduce((sum, row) => sum + amountOf(row), 0n);
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
