import { LINK_LIMITS } from '@assay/wire';
import type { Attempt } from './attempt.ts';
import type { RunningJob } from './running-job.ts';

/** Ends a job at its client's wish. What was generated so far is paid if its receipt comes within 5 s, else nothing. */
export function cancelJob(job: RunningJob): void {
  if (job.cancelled) return;
  job.cancelled = true;
  job.onCancel?.();
  if (job.attempt !== undefined) endEarly(job.attempt);
}

/** Asks the provider for what it has, and waits for the receipt as long as the protocol says. */
export function endEarly(attempt: Attempt): void {
  attempt.link.cancel('cancelled by the client', true);
  const timer = setTimeout(
    () => attempt.finish({ kind: 'failed', code: 'P304', outcome: 'failed' }),
    LINK_LIMITS.partialReceiptMs,
  );
  void attempt.end.then(() => clearTimeout(timer));
}
