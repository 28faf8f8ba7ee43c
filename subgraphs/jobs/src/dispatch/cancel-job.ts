import type { Attempt } from './attempt.ts';
import type { RunningJob } from './running-job.ts';

const RECEIPT_WAIT_MS = 1_000;

/** Ends a job at its client's wish. What was generated so far is paid if its receipt comes within a moment, else nothing. */
export function cancelJob(job: RunningJob): void {
  if (job.cancelled) return;
  job.cancelled = true;
  job.onCancel?.();
  if (job.attempt !== undefined) endEarly(job.attempt);
}

/** Asks the provider for what it has, and waits no longer than a moment for the receipt. */
export function endEarly(attempt: Attempt): void {
  attempt.link.cancel('cancelled by the client', true);
  const timer = setTimeout(
    () => attempt.finish({ kind: 'failed', code: 'P304', outcome: 'failed' }),
    RECEIPT_WAIT_MS,
  );
  void attempt.end.then(() => clearTimeout(timer));
}
