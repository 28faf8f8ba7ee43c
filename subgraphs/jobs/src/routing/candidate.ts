import type { Address, EpochMs, Hex } from '@assay/wire';

/** One connected provider as the router sees it: one row, changed in place, so that a decision allocates nothing. */
export interface ProviderRow {
  readonly provider: Address;
  region: string;
  ready: boolean;
  /** Jobs it says it can run at once. */
  capacity: number;
  /** In flight by its own account; never trusted below `ownInFlight`. */
  claimedInFlight: number;
  ownInFlight: number;
  /** `ownInFlight` when the claim was made: what changed since is known better here. */
  ownAtClaim: number;
  roundTripMs: number;
  hotUntil: EpochMs;
  ejectedUntil: EpochMs;
  ejections: number;
  errorRate: number;
  /** Lower confidence bound, from the scores or a newcomer's prior. */
  trust: number;
  score: number;
  jobs: number;
  eligible: boolean;
  gramsCO2PerUnit: number | undefined;
  joulesPerUnit: number;
}

/** One live offer. `speed` is units per second, measured here. */
export interface Candidate {
  readonly row: ProviderRow;
  readonly offerId: Hex;
  readonly modelId: Hex;
  readonly execClass: Hex;
  unitPrice: bigint;
  price: number;
  speed: number;
  measured: number;
  calibration: number;
  /** Observed ms to the first output, a slow average. */
  firstOutputMs: number;
  weight: number;
  /** The last decision that looked at it. */
  probedIn: number;
}

/** A newcomer's standing: a = 1, b = 0.2 in the confidence bound. */
export const NEWCOMER_TRUST = 0.58;

export function createProviderRow(provider: Address): ProviderRow {
  return {
    provider,
    region: '',
    ready: true,
    capacity: 1,
    claimedInFlight: 0,
    ownInFlight: 0,
    ownAtClaim: 0,
    roundTripMs: 1,
    hotUntil: 0,
    ejectedUntil: 0,
    ejections: 0,
    errorRate: 0,
    trust: NEWCOMER_TRUST,
    score: NEWCOMER_TRUST,
    jobs: 0,
    eligible: true,
    gramsCO2PerUnit: undefined,
    joulesPerUnit: 0,
  };
}

/** What the router believes is in flight there: the claim, with what was sent and finished since, never less than our own. */
export function inFlightOf(row: ProviderRow): number {
  return Math.max(row.ownInFlight, row.claimedInFlight + row.ownInFlight - row.ownAtClaim);
}

/** How many times longer than alone a job takes that arrives there now. */
export function queueFactor(row: ProviderRow): number {
  return 1 + Math.max(0, inFlightOf(row) + 1 - row.capacity) / row.capacity;
}

/** Seconds until a job of `units` would be done, if it were sent now. */
export function expectedSeconds(candidate: Candidate, units: number): number {
  const { row } = candidate;
  return (queueFactor(row) * units) / candidate.speed + row.roundTripMs / 1000;
}
