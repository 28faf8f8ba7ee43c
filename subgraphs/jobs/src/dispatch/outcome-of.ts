import type { EpochMs, Outcome, OutcomeKind, SignedReceipt } from '@assay/wire';
import type { Candidate } from '../routing/candidate.ts';
import type { DispatchDeps } from './dispatcher.ts';
import type { RunningJob } from './running-job.ts';

export interface Observed {
  readonly candidate: Candidate;
  readonly number: number;
  readonly kind: OutcomeKind;
  readonly ms: number;
  readonly ttftMs: number | undefined;
  readonly paid: SignedReceipt | undefined;
  readonly at: EpochMs;
}

/** What this gateway saw of one attempt, for reputation. */
export function outcomeOf(job: RunningJob, seen: Observed, deps: DispatchDeps): Outcome {
  const price = seen.paid?.price ?? 0n;
  return {
    jobId: job.id,
    attempt: seen.number,
    providerId: seen.candidate.row.provider,
    modelId: job.model.id,
    payer: job.payer,
    kind: seen.kind,
    at: seen.at,
    latencyMs: seen.ms,
    ...(seen.ttftMs === undefined ? {} : { ttftMs: seen.ttftMs }),
    units: `${seen.paid?.units ?? 0n}`,
    price: `${price}`,
    protocolFee: `${(price * deps.protocolFeePpm) / 1_000_000n}`,
    ...(isSteered(job) ? { choices: 1 } : {}),
  };
}

/** Who names or excludes providers may be paying himself: scores hardly count it. */
function isSteered({ intent: { must } }: RunningJob): boolean {
  return must.onlyProviders !== undefined || must.ignoreProviders !== undefined;
}
