import type { EpochMs, Prefer } from '@assay/wire';
import { type Candidate, expectedSeconds, inFlightOf, queueFactor } from './candidate.ts';

/** `prefer.kappa` values this much time at the median price. */
const KAPPA_SECONDS = 0.2;
const RISK = 5;

export interface ChoiceFacts {
  readonly prefer: Prefer;
  readonly expectedUnits: number;
  readonly medianPrice: number;
  /** Load per slot above which a provider counts as hot. */
  readonly hotAbove: number;
  readonly now: EpochMs;
}

/** What a candidate costs in all, in units of the median price: money, energy, time, risk. */
export function totalCost(candidate: Candidate, facts: ChoiceFacts): number {
  const { prefer, medianPrice, expectedUnits } = facts;
  const { row } = candidate;
  const price = (candidate.price / medianPrice) * (1 + prefer.eta * row.joulesPerUnit);
  // A queue counts twice: who joins a long one also delays those behind, and idle slow providers are capacity too.
  const seconds = expectedSeconds(candidate, expectedUnits) * queueFactor(row);
  const time = (prefer.kappa * seconds) / KAPPA_SECONDS;
  return price + time + RISK * (1 - row.trust + row.errorRate);
}

export function isCold(candidate: Candidate, facts: ChoiceFacts): boolean {
  const { row } = candidate;
  return row.hotUntil <= facts.now && inFlightOf(row) / row.capacity <= facts.hotAbove;
}

/** How long the queue there is, where everybody is hot. */
function pressure({ row, calibration, speed }: Candidate): number {
  return (calibration * (inFlightOf(row) + 1)) / (speed * row.capacity);
}

/** The cold candidate with the least total cost; if all are hot, the one with the shortest queue. -1 for none. */
export function chooseCandidate(
  pool: readonly Candidate[],
  count: number,
  facts: ChoiceFacts,
): number {
  let best = -1;
  let least = Number.POSITIVE_INFINITY;
  for (let index = 0; index < count; index++) {
    const candidate = pool[index] as Candidate;
    if (!isCold(candidate, facts)) continue;
    const cost = totalCost(candidate, facts);
    if (cost < least) [best, least] = [index, cost];
  }
  if (best !== -1) return best;
  for (let index = 0; index < count; index++) {
    const queue = pressure(pool[index] as Candidate);
    if (queue < least) [best, least] = [index, queue];
  }
  return best;
}
