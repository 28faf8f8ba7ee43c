import type { Address, EpochMs, Must } from '@assay/wire';
import { type Candidate, expectedSeconds } from './candidate.ts';

/** The hard limits of one decision. Nothing here is ever relaxed. */
export interface RouteLimits {
  readonly must: Must;
  /** Most the whole job may cost. */
  readonly budget: bigint;
  /** Units the price is held for, and units expected for the latency. */
  readonly maxUnits: bigint;
  readonly expectedUnits: number;
  readonly exclude: ReadonlySet<Address>;
}

/** The first hard limit a candidate breaks, by its name in `must`, or what is wrong with the provider itself. */
export type Ineligibility =
  | 'disconnected'
  | 'draining'
  | 'ineligible'
  | 'ejected'
  | 'excluded'
  | 'maxPrice'
  | 'regions'
  | 'onlyProviders'
  | 'ignoreProviders'
  | 'minTrust'
  | 'maxLatencyMs'
  | 'maxTtftMs'
  | 'deadline'
  | 'maxGramsCO2'
  | 'verification';

/** The highest unit price within the budget. */
export function priceCeiling({ budget, maxUnits }: RouteLimits): bigint {
  return budget / (maxUnits > 0n ? maxUnits : 1n);
}

/** Below this bound nobody is routed to, however cheap. */
export const MIN_TRUST = 0.3;

export function ineligibility(
  candidate: Candidate,
  limits: RouteLimits,
  now: EpochMs,
  /** Computed once for many candidates. */
  ceiling: bigint = priceCeiling(limits),
): Ineligibility | undefined {
  const { row } = candidate;
  const { must } = limits;
  if (!row.ready) return 'draining';
  if (!row.eligible || row.trust < MIN_TRUST) return 'ineligible';
  if (row.ejectedUntil > now) return 'ejected';
  if (limits.exclude.has(row.provider)) return 'excluded';
  if (candidate.unitPrice > ceiling) return 'maxPrice';
  if (must.regions !== undefined && !must.regions.includes(row.region)) return 'regions';
  if (must.onlyProviders !== undefined && !must.onlyProviders.includes(row.provider))
    return 'onlyProviders';
  if (must.ignoreProviders?.includes(row.provider)) return 'ignoreProviders';
  if (must.minTrust !== undefined && row.trust < must.minTrust) return 'minTrust';
  // Checking every job at a second provider is not offered yet, and a limit is never relaxed silently.
  if (must.verification === 'EVERY') return 'verification';
  return latencyIneligibility(candidate, limits, now) ?? carbonIneligibility(candidate, limits);
}

function latencyIneligibility(
  candidate: Candidate,
  { must, expectedUnits }: RouteLimits,
  now: EpochMs,
): Ineligibility | undefined {
  if (
    must.maxLatencyMs === undefined &&
    must.deadline === undefined &&
    must.maxTtftMs === undefined
  )
    return undefined;
  const ms = expectedSeconds(candidate, expectedUnits) * 1000;
  if (must.maxLatencyMs !== undefined && ms > must.maxLatencyMs) return 'maxLatencyMs';
  if (must.deadline !== undefined && now + ms > must.deadline) return 'deadline';
  if (must.maxTtftMs !== undefined && candidate.firstOutputMs > must.maxTtftMs) return 'maxTtftMs';
  return undefined;
}

function carbonIneligibility(
  candidate: Candidate,
  { must, expectedUnits }: RouteLimits,
): Ineligibility | undefined {
  if (must.maxGramsCO2 === undefined) return undefined;
  const perUnit = candidate.row.gramsCO2PerUnit;
  // Unknown is not zero: who cannot measure cannot promise.
  return perUnit === undefined || perUnit * expectedUnits > must.maxGramsCO2
    ? 'maxGramsCO2'
    : undefined;
}
