import type { Address, EpochMs, Hex } from '@assay/wire';
import type { RunningJob } from '../dispatch/running-job.ts';
import type { Candidate } from '../routing/candidate.ts';
import { inFlightOf } from '../routing/candidate.ts';
import type { Router, WeighedCandidate } from '../routing/router.ts';

export interface RouteExplanation {
  readonly jobId: Hex;
  readonly decidedAt: EpochMs;
  readonly policy: string;
  readonly chosen: Address | undefined;
  readonly candidates: readonly ExplainedCandidate[];
  /** All inputs of the decision as JSON. */
  readonly replay: string;
}

export interface ExplainedCandidate {
  readonly providerId: Address;
  readonly eligible: boolean;
  readonly reason: string | undefined;
  readonly score: number | undefined;
  readonly inputs: readonly { readonly name: string; readonly value: number }[];
}

export const ROUTING_POLICY = 'vhcl/1';
const MAX_EXPLAINED = 64;

/** Why this provider: every candidate with its inputs, cheapest first. `score` is the total cost; lower is better. */
export function explainRoute(
  job: RunningJob,
  chosen: Candidate,
  { router, now }: { readonly router: Router; readonly now: () => EpochMs },
): RouteExplanation {
  const limits = {
    must: job.intent.must,
    budget: job.budget,
    maxUnits: job.maxUnits,
    expectedUnits: job.expectedUnits,
    exclude: new Set<Address>(),
  };
  const weighed = router
    .weigh({ modelId: job.model.id, prefer: job.intent.prefer, limits })
    .toSorted(
      (a, b) => Number(a.reason !== undefined) - Number(b.reason !== undefined) || a.cost - b.cost,
    )
    .slice(0, MAX_EXPLAINED);
  const candidates = weighed.map(explained);
  const { prefer } = job.intent;
  const replay = JSON.stringify(
    { policy: ROUTING_POLICY, prefer, limits: { ...limits, exclude: [] }, candidates },
    (_, value) => (typeof value === 'bigint' ? `${value}` : value),
  );
  return {
    jobId: job.id,
    decidedAt: now(),
    policy: ROUTING_POLICY,
    chosen: chosen.row.provider,
    candidates,
    replay,
  };
}

function explained({
  candidate,
  reason,
  cost,
  cold,
  expectedMs,
}: WeighedCandidate): ExplainedCandidate {
  const { row, price, speed, calibration, weight } = candidate;
  const inputs = Object.entries({
    price,
    trust: row.trust,
    speed,
    expectedMs,
    inFlight: inFlightOf(row),
    capacity: row.capacity,
    calibration,
    weight,
    errorRate: row.errorRate,
    cold: cold ? 1 : 0,
  }).map(([name, value]) => ({ name, value }));
  const eligible = reason === undefined;
  return { providerId: row.provider, eligible, reason, score: eligible ? cost : undefined, inputs };
}
