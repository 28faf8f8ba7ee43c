import { connectionOf, type Freshness, listScope, parsePage } from '@assay/kit';
import type { Address, Hex, ScoreSnapshot } from '@assay/wire';
import DataLoader from 'dataloader';
import type { Reputation } from '../domain/reputation.ts';
import type { Reputations, StatsQuery, Yields } from '../domain/reputations.ts';
import type { ProtocolStat, ProviderStaking } from '../domain/staking.ts';
import type { DisputeIndex } from './index-disputes.ts';
import type { ModelOffersIndex } from './index-model-offers.ts';
import type { StakingIndex } from './index-staking.ts';
import type { StatsIndex } from './index-stats.ts';
import type { YieldIndex } from './index-yields.ts';
import type { ScoreStore } from './score-store.ts';

export interface ReputationSources {
  readonly store: ScoreStore;
  readonly staking: StakingIndex;
  readonly yields: YieldIndex;
  readonly disputes: DisputeIndex;
  readonly stats: StatsIndex;
  readonly modelOffers: ModelOffersIndex;
}

/** Scores are written every second; older ones have no writer. */
const SNAPSHOT_STALE_MS = 10_000;
const NO_YIELD: Yields = { yield7d: undefined, yield30d: undefined, yield90d: undefined };

/** Graph-node answers at most this many rows; yields take several lists a provider. */
const AT_ONCE = { maxBatchSize: 1_000 };
const YIELDS_AT_ONCE = { maxBatchSize: 100 };

/** Reputation for one operation: every level of a query is one index request and one Redis round trip. */
export function loadReputations(
  sources: ReputationSources,
  now: () => number = Date.now,
): Reputations {
  const { store, staking, yields, disputes, stats, modelOffers } = sources;
  const reputations = new DataLoader<Address, Reputation | undefined>((ids) =>
    store.reputations(ids),
  );
  const stakings = new DataLoader<Address, ProviderStaking | undefined>(async (ids) => {
    const found = await staking.byProviders(ids);
    return ids.map((id) => found.get(id));
  }, AT_ONCE);
  const yieldLoader = new DataLoader<Address, Yields>(async (ids) => {
    const found = await yields.byProviders(ids);
    return ids.map((id) => found.get(id) ?? NO_YIELD);
  }, YIELDS_AT_ONCE);
  const offering = new DataLoader<Hex, readonly Address[]>(async (ids) => {
    const found = await modelOffers.providersOf(ids);
    return ids.map((id) => found.get(id) ?? []);
  }, AT_ONCE);
  let reading: Promise<ScoreSnapshot | undefined> | undefined;
  const snapshot = () => {
    reading ??= store.snapshot();
    return reading;
  };

  return {
    reputation: (provider) => reputations.load(provider),
    freshness: async () => freshnessOf(await snapshot(), now()),
    async modelTrust(modelId) {
      const [providers, scores] = await Promise.all([offering.load(modelId), snapshot()]);
      const trusts = providers.flatMap((id) => scores?.providers[id]?.trust ?? []);
      return trusts.length === 0 ? undefined : Math.max(...trusts);
    },
    staking: (provider) => stakings.load(provider),
    yields: (provider) => yieldLoader.load(provider),
    staker: (address) => staking.byStaker(address),
    async leaderboard(first) {
      const scored = Object.entries((await snapshot())?.providers ?? {});
      return scored
        .toSorted(([a, x], [b, y]) => y.score - x.score || (a < b ? -1 : 1))
        .slice(0, first)
        .map(([id]) => ({ id: id as Address }));
    },
    slashes: (provider, first) => staking.slashes(provider, first),
    async disputes(query, arguments_) {
      const scope = listScope('disputes', query);
      const page = parsePage(scope, arguments_);
      const found = await disputes.list(query, page.first + 1, page.after);
      const connection = connectionOf(scope, page, found.disputes, ({ openedAt, id }) => ({
        key: openedAt,
        id,
      }));
      return { ...connection, freshness: found.freshness };
    },
    stats: (query) => joinedStats(query, stats, store),
  };
}

function freshnessOf(snapshot: ScoreSnapshot | undefined, now: number): Freshness {
  if (snapshot === undefined) return { indexedBlock: 0, lagSeconds: 0, stale: true };
  const age = Math.max(0, now - snapshot.at);
  return {
    indexedBlock: snapshot.indexedBlock,
    lagSeconds: age / 1_000,
    stale: snapshot.stale || age > SNAPSHOT_STALE_MS,
  };
}

/** Fees and stakes from the chain, jobs and units as the marketplace counted them. */
async function joinedStats(
  query: StatsQuery,
  stats: StatsIndex,
  store: ScoreStore,
): Promise<ProtocolStat[]> {
  const [chain, hours] = await Promise.all([stats.list(query), store.hours()]);
  const length = query.interval === 'HOUR' ? 3_600 : 86_400;
  const counted = Map.groupBy(hours, ([hour]) => Math.floor(hour / length) * length);
  return chain.map((stat) => {
    const counts = counted.get(stat.start) ?? [];
    return {
      ...stat,
      jobs: counts.reduce((sum, [, jobs]) => sum + BigInt(jobs), 0n),
      units: counts.reduce((sum, [, , units]) => sum + BigInt(units), 0n),
      start: stat.start * 1_000,
    };
  });
}
