import { AssayError, type EpochMs } from '@assay/wire';
import { ineligibility } from '../routing/route-limits.ts';
import type { RouteRequest, Router } from '../routing/router.ts';

export interface PriceRange {
  readonly lowest: bigint;
  readonly highest: bigint;
  /** The second lowest, if there is one. */
  readonly second: bigint | undefined;
}

/**
 * What a job can cost at the candidates that may run it. Throws R200 where no provider is live and R201 naming the limits that
 * keep the live ones out.
 */
export function priceRange(request: RouteRequest, router: Router, now: EpochMs): PriceRange {
  const candidates = router.candidates(request.modelId);
  if (candidates.length === 0)
    throw new AssayError('R200', { details: { modelId: request.modelId } });
  const { limits } = request;
  const reasons = new Set<string>();
  let [lowest, second, highest]: (bigint | undefined)[] = [];
  for (const candidate of candidates) {
    const reason = ineligibility(candidate, limits, now);
    if (reason !== undefined) {
      reasons.add(reason);
      continue;
    }
    const price = candidate.unitPrice * limits.maxUnits;
    if (lowest === undefined || price < lowest) [lowest, second] = [price, lowest];
    else if (second === undefined || price < second) second = price;
    if (highest === undefined || price > highest) highest = price;
  }
  if (lowest === undefined || highest === undefined)
    throw new AssayError('R201', { details: { limits: [...reasons] } });
  return { lowest, highest, second };
}
