import { AssayError, type EpochMs } from '@assay/wire';
import { type Candidate, expectedSeconds, inFlightOf } from '../routing/candidate.ts';
import { ineligibility } from '../routing/route-limits.ts';
import type { RouteRequest, Router } from '../routing/router.ts';

/** Jobs per slot beyond which a provider would refuse anyway. */
const FULL_QUEUE = 100;
const RETRY_AFTER_MS = 250;

export interface PriceRange {
  readonly lowest: bigint;
  readonly highest: bigint;
  /** The second lowest, if there is one. */
  readonly second: bigint | undefined;
}

/**
 * What a job can cost at the candidates that may run it. Throws R200 where no provider is live and R201 naming the limits that
 * keep the live ones out, and R202 where all of them are too busy to be done by the deadline.
 */
export function priceRange(
  request: RouteRequest,
  router: Router,
  { now, deadline }: { readonly now: EpochMs; readonly deadline: EpochMs },
): PriceRange {
  const candidates = router.candidates(request.modelId);
  if (candidates.length === 0)
    throw new AssayError('R200', { details: { modelId: request.modelId } });
  const { limits } = request;
  const reasons = new Set<string>();
  let soonestMs = Number.POSITIVE_INFINITY;
  let [lowest, second, highest]: (bigint | undefined)[] = [];
  for (const candidate of candidates) {
    const reason = ineligibility(candidate, limits, now);
    if (reason !== undefined) {
      reasons.add(reason);
      continue;
    }
    soonestMs = Math.min(soonestMs, waitMs(candidate, limits.expectedUnits));
    const price = candidate.unitPrice * limits.maxUnits;
    if (lowest === undefined || price < lowest) [lowest, second] = [price, lowest];
    else if (second === undefined || price < second) second = price;
    if (highest === undefined || price > highest) highest = price;
  }
  if (lowest === undefined || highest === undefined)
    throw new AssayError('R201', { details: { limits: [...reasons] } });
  if (now + soonestMs > deadline)
    throw new AssayError('R202', {
      details: { soonestMs: Math.ceil(soonestMs) },
      retryAfterMs: RETRY_AFTER_MS,
    });
  return { lowest, highest, second };
}

/** When the job would be done there. A claim alone counts only for the queue, since it may be wrong by far. */
function waitMs(candidate: Candidate, units: number): number {
  if (inFlightOf(candidate.row) >= FULL_QUEUE * candidate.row.capacity)
    return Number.POSITIVE_INFINITY;
  return candidate.measured === 0 ? 0 : expectedSeconds(candidate, units) * 1000;
}
