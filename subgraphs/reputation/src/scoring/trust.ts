import { SCORING, type ScoringParameters } from './parameters.ts';
import type { Evidence } from './payer-voices.ts';

export interface TrustEvidence {
  readonly slow: Evidence;
  readonly fast: Evidence;
  /** Bad evidence that is not a payer's: audits and slashes. */
  readonly held: number;
  /** Evidence on all providers together. */
  readonly network: number;
}

/** Mean and lower bound of the share of good outcomes: few outcomes leave much doubt. */
export function lowerBound(good: number, bad: number): { mean: number; bound: number } {
  const n = good + bad;
  const mean = good / n;
  return { mean, bound: Math.max(0, mean - Math.sqrt((mean * (1 - mean)) / (n + 1))) };
}

/**
 * How far a provider's next outcome can be relied on, 0 … 1: the lower bound of the slow track, pulled down while
 * the fast track sees worse than usual. A good outcome never lowers it.
 */
export function trustOf(
  { slow, fast, held, network }: TrustEvidence,
  parameters: ScoringParameters = SCORING,
): number {
  const { prior, genesis, fastInertia } = parameters;
  const extra = genesis.extraGood * 2 ** (-network / genesis.halfEvidence);
  const { mean, bound } = lowerBound(prior.good + extra + slow.good, prior.bad + slow.bad + held);
  const recent = (fast.good + fastInertia * mean) / (fast.good + fast.bad + fastInertia);
  return bound * Math.min(1, recent / mean);
}
