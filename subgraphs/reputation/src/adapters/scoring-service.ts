import { setTimeout as delay } from 'node:timers/promises';
import type { Log, Metrics, Redis } from '@assay/kit';
import type { Address, ProviderScore, ScoreSnapshot } from '@assay/wire';
import type { Reputation } from '../domain/reputation.ts';
import { HourlyCounts } from '../scoring/hourly-counts.ts';
import { isNotable, movedReputation } from '../scoring/score-changes.ts';
import { Scoreboard, type Standing } from '../scoring/scoreboard.ts';
import type { ChainViewIndex, IndexedChainView } from './index-chain-view.ts';
import type { LeaderLease } from './leader-lease.ts';
import { FROM_THE_START, readOutcomes, type StreamPositions } from './outcome-reader.ts';
import type { ScoreStore } from './score-store.ts';

export interface ScoringDependencies {
  readonly redis: Redis;
  readonly store: ScoreStore;
  readonly lease: LeaderLease;
  readonly chain: ChainViewIndex;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly now?: () => number;
}

export interface ScoringService {
  /** Ends the loop, saves what it counted and gives the lease up. */
  close(): Promise<void>;
}

/** How often the index is asked for its block: a slash is in the scores well within two seconds of its block. */
const LOOK_MS = 200;
const SNAPSHOT_MS = 1_000;
const CHECKPOINT_MS = 5_000;
const CANDIDATE_MS = 1_000;

/** What a leader holds; a new one starts from the last checkpoint and the streams after it. */
interface Term {
  readonly scoreboard: Scoreboard;
  readonly hours: HourlyCounts;
  positions: StreamPositions;
  view: IndexedChainView | undefined;
  snapshot: ScoreSnapshot;
  readonly reputations: Map<Address, Reputation>;
  writtenAt: number;
  savedAt: number;
  unsaved: boolean;
}

/** Scores providers while this instance holds the lease, and waits for it otherwise. */
export function startScoringService(dependencies: ScoringDependencies): ScoringService {
  const { log, lease, store } = dependencies;
  const now = dependencies.now ?? Date.now;
  const stop = new AbortController();
  const writes = dependencies.metrics.counter('score_snapshots_total', 'Snapshots written');
  let term: Term | undefined;
  let failing = false;

  const step = async () => {
    if (!(await lease.hold())) {
      if (term !== undefined) log.warn('no longer the scores’ leader');
      term = undefined;
      return CANDIDATE_MS;
    }
    if (term === undefined) {
      term = await takeOver(dependencies);
      log.info({ version: term.snapshot.version }, 'leading the scores');
    }
    const moved = await lookAtChain(term, dependencies.chain);
    const current = performance.now();
    if (moved || current - term.writtenAt >= SNAPSHOT_MS) {
      await hearOutcomes(term, dependencies);
      if (lease.held) await writeScores(term, dependencies, now());
      writes.inc();
      term.writtenAt = current;
    }
    if (term.unsaved && current - term.savedAt >= CHECKPOINT_MS && lease.held)
      await save(term, store);
    return LOOK_MS;
  };

  const run = async () => {
    while (!stop.signal.aborted) {
      let pause = CANDIDATE_MS;
      try {
        pause = await step();
        failing = false;
      } catch (error) {
        if (!failing) log.error({ err: error }, 'scoring failed');
        failing = true;
      }
      await delay(pause, undefined, { signal: stop.signal }).catch(() => {});
    }
  };
  const running = run();

  return {
    async close() {
      stop.abort();
      await running;
      try {
        if (term?.unsaved === true && lease.held) await save(term, store);
        await lease.release();
      } catch (error) {
        log.warn({ err: error }, 'scores were not saved at the end; the streams still hold them');
      }
    },
  };
}

async function takeOver({ store }: ScoringDependencies): Promise<Term> {
  const [checkpoint, snapshot, reputations] = await Promise.all([
    store.checkpoint(),
    store.snapshot(),
    store.allReputations(),
  ]);
  const scoreboard = new Scoreboard();
  const hours = new HourlyCounts();
  if (checkpoint !== undefined) {
    scoreboard.restore(checkpoint.scoreboard);
    hours.restore(checkpoint.hours);
  }
  return {
    scoreboard,
    hours,
    positions: checkpoint?.positions ?? FROM_THE_START,
    view: undefined,
    snapshot: snapshot ?? EMPTY_SNAPSHOT,
    reputations,
    writtenAt: Number.NEGATIVE_INFINITY,
    savedAt: performance.now(),
    unsaved: false,
  };
}

const EMPTY_SNAPSHOT: ScoreSnapshot = {
  version: 0,
  at: 0,
  indexedBlock: 0,
  stale: true,
  providers: {},
};

/** Reads the chain's facts again if its block is another one; true if they are new. */
async function lookAtChain(term: Term, chain: ChainViewIndex): Promise<boolean> {
  try {
    const head = await chain.head();
    const { view } = term;
    if (view !== undefined && view.block.hash === head.hash && view.freshness.stale === head.stale)
      return false;
    term.view = await chain.read();
    return true;
  } catch {
    // The index is away (its client logs that): the last facts stand, as stale ones.
    const wasFresh = term.view?.freshness.stale === false;
    if (term.view !== undefined)
      term.view = { ...term.view, freshness: { ...term.view.freshness, stale: true } };
    return wasFresh;
  }
}

async function hearOutcomes(term: Term, { redis, log }: ScoringDependencies): Promise<void> {
  const { outcomes, positions } = await readOutcomes(redis, term.positions, log);
  for (const outcome of outcomes) {
    term.scoreboard.apply(outcome);
    term.hours.apply(outcome);
  }
  term.positions = positions;
  term.unsaved ||= outcomes.length > 0;
}

async function save(term: Term, store: ScoreStore): Promise<void> {
  term.savedAt = performance.now();
  const { positions } = term;
  await store.saveCheckpoint({
    positions,
    scoreboard: term.scoreboard.toState(),
    hours: term.hours.toState(),
  });
  term.unsaved = false;
}

/** Writes one snapshot. Without fresh facts from the chain the scores stay as they are, marked stale. */
async function writeScores(term: Term, { store }: ScoringDependencies, at: number): Promise<void> {
  const { view, snapshot } = term;
  const version = snapshot.version + 1;
  if (view === undefined || view.freshness.stale) {
    term.snapshot = { ...snapshot, version, at, stale: true };
    await store.publish(term.snapshot, [], []);
    return;
  }
  const standings = term.scoreboard.evaluate(at, view);
  const moved: Reputation[] = [];
  for (const [provider, standing] of standings) {
    const before = term.reputations.get(provider);
    if (isNotable(before, standing)) moved.push(movedReputation(provider, before, standing, at));
  }
  const next: ScoreSnapshot = {
    version,
    at,
    indexedBlock: view.block.number,
    stale: false,
    providers: providerScores(standings, view),
  };
  await store.publish(next, moved, moved.map(updateOf));
  for (const reputation of moved) term.reputations.set(reputation.providerId, reputation);
  term.snapshot = next;
}

function providerScores(
  standings: ReadonlyMap<Address, Standing>,
  { providers }: IndexedChainView,
): Record<string, ProviderScore> {
  const entries = [...standings].map(([provider, standing]) => {
    const { score, trust, jobs, eligible, reason } = standing;
    const facts = providers.get(provider);
    const slashable = `${facts?.slashable ?? 0n}`;
    const unmatured = `${facts?.unmatured ?? 0n}`;
    return [provider, { score, trust, jobs, slashable, unmatured, eligible, reason }] as const;
  });
  return Object.fromEntries(entries);
}

function updateOf({ providerId, score, updatedAt, lastChange }: Reputation) {
  const reason = lastChange?.reason ?? 'scored for the first time';
  return { providerId, score, reason, at: updatedAt };
}
