import type { Address, EpochMs, Hex, Prefer, ProviderLive, ProviderScore } from '@assay/wire';
import { type Bucket, createBucket, refreshBucket } from './bucket.ts';
import {
  type Candidate,
  createProviderRow,
  expectedSeconds,
  inFlightOf,
  NEWCOMER_TRUST,
  type ProviderRow,
} from './candidate.ts';
import { type ChoiceFacts, chooseCandidate, isCold, totalCost } from './choose.ts';
import { eject, type Observation, observe, shouldEject } from './observe.ts';
import {
  type Ineligibility,
  ineligibility,
  priceCeiling,
  type RouteLimits,
} from './route-limits.ts';

export interface RouteRequest {
  readonly modelId: Hex;
  readonly prefer: Prefer;
  readonly limits: RouteLimits;
}

export interface Router {
  /** A provider connected or sent a heartbeat: its offers and load are as follows. */
  update(live: ProviderLive): void;
  /** A provider said its load outside a heartbeat. */
  updateLoad(provider: Address, inFlight: number): void;
  remove(provider: Address): void;
  setScores(scores: ReadonlyMap<string, ProviderScore>): void;
  /** The candidate to send the job to, or undefined where nobody may get it. Counts it as in flight there. */
  route(request: RouteRequest): Candidate | undefined;
  /** Ends what `route` began. */
  observe(candidate: Candidate, seen: Observation): void;
  candidates(modelId: Hex): readonly Candidate[];
  /** All candidates with why they may not, or at what cost they could, run a job. Slow: for quotes and explanations. */
  weigh(request: RouteRequest): readonly WeighedCandidate[];
  /** Recomputes weights; once a second. */
  refresh(): void;
}

export interface WeighedCandidate {
  readonly candidate: Candidate;
  readonly reason: Ineligibility | undefined;
  readonly cost: number;
  readonly cold: boolean;
  readonly expectedMs: number;
}

/** Probes per decision, the pool they fill, and the share of them that is uniform. */
const PROBES = 12;
const POOL = 32;
const UNIFORM = 0.3;
const LOADS = 128;
const HOT_QUANTILE = 0.84;
const MAX_EJECTED = 0.1;

/**
 * Value-weighted hot-cold routing over what this gateway sees itself. Nothing is allocated and nothing is awaited in a
 * decision; `random` is uniform in [0, 1).
 */
export function createRouter(options: {
  readonly now: () => EpochMs;
  readonly random: () => number;
}): Router {
  const { now, random } = options;
  const rows = new Map<Address, ProviderRow>();
  const offersOf = new Map<Address, Map<Hex, Candidate>>();
  const buckets = new Map<Hex, Bucket>();
  const pool: Candidate[] = [];
  let decision = 0;
  let ceiling = 0n;
  const loads = new Float64Array(LOADS).fill(0);
  const sorted = new Float64Array(LOADS);
  let scores: ReadonlyMap<string, ProviderScore> = new Map();
  let loadCount = 0;
  let hotAbove = 1;

  function bucketOf(modelId: Hex): Bucket {
    const known = buckets.get(modelId);
    if (known !== undefined) return known;
    const bucket = createBucket();
    buckets.set(modelId, bucket);
    return bucket;
  }

  function applyScore(row: ProviderRow): void {
    const score = scores.get(row.provider);
    row.trust = score?.trust ?? NEWCOMER_TRUST;
    row.score = score?.score ?? NEWCOMER_TRUST;
    row.jobs = score?.jobs ?? row.jobs;
    row.eligible = score?.eligible ?? true;
  }

  function update(live: ProviderLive): void {
    const row = rows.get(live.provider) ?? createProviderRow(live.provider);
    rows.set(live.provider, row);
    row.region = live.region ?? '';
    row.ready = live.status === 'ready';
    row.capacity = Math.max(1, live.capacity);
    row.claimedInFlight = live.inFlight;
    row.ownAtClaim = row.ownInFlight;
    row.joulesPerUnit = live.energy.joulesPerUnit ?? 0;
    row.gramsCO2PerUnit = live.energy.gramsCO2PerUnit;
    applyScore(row);
    updateOffers(row, live);
  }

  function updateOffers(row: ProviderRow, live: ProviderLive): void {
    const offers = offersOf.get(row.provider) ?? new Map<Hex, Candidate>();
    offersOf.set(row.provider, offers);
    const offered = new Set<Hex>();
    for (const offer of live.offers) {
      offered.add(offer.offerId);
      const known = offers.get(offer.offerId);
      if (known !== undefined) setPrice(known, BigInt(offer.livePrice));
      else join(offers, firstCandidate(row, offer, bucketOf(offer.modelId)));
    }
    for (const [offerId, candidate] of offers) if (!offered.has(offerId)) leave(offers, candidate);
  }

  function setPrice(candidate: Candidate, unitPrice: bigint): void {
    if (candidate.unitPrice === unitPrice) return;
    candidate.unitPrice = unitPrice;
    candidate.price = Number(unitPrice);
    bucketOf(candidate.modelId).stale = true;
  }

  function join(offers: Map<Hex, Candidate>, candidate: Candidate): void {
    offers.set(candidate.offerId, candidate);
    const bucket = bucketOf(candidate.modelId);
    bucket.members.push(candidate);
    bucket.stale = true;
  }

  function leave(offers: Map<Hex, Candidate>, candidate: Candidate): void {
    offers.delete(candidate.offerId);
    const bucket = bucketOf(candidate.modelId);
    bucket.members.splice(bucket.members.indexOf(candidate), 1);
    bucket.stale = true;
  }

  function remove(provider: Address): void {
    const offers = offersOf.get(provider);
    for (const candidate of offers?.values() ?? []) leave(offers as Map<Hex, Candidate>, candidate);
    offersOf.delete(provider);
    rows.delete(provider);
  }

  function noteLoad(candidate: Candidate): void {
    loads[loadCount % LOADS] = inFlightOf(candidate.row) / candidate.row.capacity;
    loadCount += 1;
  }

  /** The threshold moves with the load of what was probed lately. */
  function refreshHotAbove(): void {
    const count = Math.min(loadCount, LOADS);
    if (count === 0) return;
    sorted.set(loads);
    const used = sorted.subarray(0, count).sort();
    hotAbove = Math.max(1, used[Math.floor(HOT_QUANTILE * (count - 1))] ?? 1);
  }

  function gather(bucket: Bucket, limits: RouteLimits, at: EpochMs): void {
    pool.length = 0;
    decision += 1;
    ceiling = priceCeiling(limits);
    const { members } = bucket;
    if (members.length <= POOL) {
      for (const member of members) consider(member, limits, at);
      return;
    }
    for (let draws = 0; draws < PROBES && pool.length < PROBES; draws++) probe(bucket, limits, at);
    if (pool.length === 0) for (const member of members) consider(member, limits, at);
  }

  function probe(bucket: Bucket, limits: RouteLimits, at: EpochMs): void {
    const { members, table } = bucket;
    const index =
      random() < UNIFORM ? Math.floor(random() * members.length) : table.draw(random(), random());
    const member = members[index];
    if (member === undefined || member.probedIn === decision) return;
    member.probedIn = decision;
    consider(member, limits, at);
  }

  function consider(member: Candidate, limits: RouteLimits, at: EpochMs): void {
    if (ineligibility(member, limits, at, ceiling) !== undefined) return;
    pool.push(member);
    noteLoad(member);
  }

  function factsOf(request: RouteRequest, bucket: Bucket, at: EpochMs): ChoiceFacts {
    const { prefer, limits } = request;
    const { medianPrice } = bucket;
    return { prefer, expectedUnits: limits.expectedUnits, medianPrice, hotAbove, now: at };
  }

  function route(request: RouteRequest): Candidate | undefined {
    const bucket = buckets.get(request.modelId);
    if (bucket === undefined) return undefined;
    if (bucket.stale) refreshBucket(bucket);
    const at = now();
    gather(bucket, request.limits, at);
    const index = chooseCandidate(pool, pool.length, factsOf(request, bucket, at));
    const chosen = index === -1 ? undefined : pool[index];
    if (chosen !== undefined) chosen.row.ownInFlight += 1;
    return chosen;
  }

  function learn(candidate: Candidate, observation: Observation): void {
    observe(candidate, observation);
    if (!shouldEject(candidate)) return;
    const { members } = bucketOf(candidate.modelId);
    let ejected = 0;
    for (const member of members) if (member.row.ejectedUntil > observation.at) ejected += 1;
    if (ejected + 1 <= Math.floor(MAX_EJECTED * members.length)) eject(candidate, observation.at);
  }

  function weigh(request: RouteRequest): WeighedCandidate[] {
    const bucket = bucketOf(request.modelId);
    if (bucket.stale) refreshBucket(bucket);
    const at = now();
    const facts = factsOf(request, bucket, at);
    return bucket.members.map((candidate) => ({
      candidate,
      reason: ineligibility(candidate, request.limits, at),
      cost: totalCost(candidate, facts),
      cold: isCold(candidate, facts),
      expectedMs: expectedSeconds(candidate, request.limits.expectedUnits) * 1000,
    }));
  }

  return {
    update,
    updateLoad(provider, inFlight) {
      const row = rows.get(provider);
      if (row === undefined) return;
      row.claimedInFlight = inFlight;
      row.ownAtClaim = row.ownInFlight;
    },
    remove,
    setScores(next) {
      scores = next;
      for (const row of rows.values()) applyScore(row);
    },
    route,
    observe: learn,
    candidates: (modelId) => buckets.get(modelId)?.members ?? [],
    weigh,
    refresh() {
      refreshHotAbove();
      for (const bucket of buckets.values()) refreshBucket(bucket);
    },
  };
}

/** Until it is measured here, a provider's claimed speed counts, but at most the median of those measured. */
function firstCandidate(
  row: ProviderRow,
  offer: ProviderLive['offers'][number],
  bucket: Bucket,
): Candidate {
  const claimed = 1000 / Math.max(offer.msPerUnit ?? 100, 0.01);
  const measured = bucket.members.filter((member) => member.measured > 0);
  const speeds = measured.map((member) => member.speed).toSorted((a, b) => a - b);
  const median = speeds[speeds.length >> 1] ?? claimed;
  return {
    row,
    offerId: offer.offerId,
    modelId: offer.modelId,
    execClass: offer.execClass,
    unitPrice: BigInt(offer.livePrice),
    price: Number(offer.livePrice),
    speed: Math.min(claimed, median),
    measured: 0,
    calibration: 1,
    firstOutputMs: 0,
    weight: 0,
    probedIn: 0,
  };
}
