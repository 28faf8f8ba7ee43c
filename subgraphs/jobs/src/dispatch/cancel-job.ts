import type { RunningJob } from './running-job.ts';

const CANCEL_GRACE_MS = 1_000;

/** Asks the provider to stop. A receipt for what was computed so far is welcome for a moment. */
export function cancelJob(job: RunningJob): void {
  if (job.cancelled) return;
  job.cancelled = true;
  job.onCancel?.();
  const { attempt } = job;
  if (attempt === undefined) return;
  attempt.connection.sendCancel(attempt.id, 'cancelled by the client');
  const timer = setTimeout(
    () => attempt.finish({ kind: 'failed', code: 'P304', outcome: 'failed' }),
    CANCEL_GRACE_MS,
  );
  void attempt.end.then(() => clearTimeout(timer));
}
