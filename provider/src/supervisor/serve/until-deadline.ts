import { AssayError } from '@assay/wire';

const LONGEST_TIMER = 2 ** 31 - 1;

/** Aborted with `signal`, or with P304 at the deadline (epoch ms). Made where blobs are moved only: most jobs have none. */
export function untilDeadline(deadlineMs: number, signal: AbortSignal): AbortSignal {
  const late = new AbortController();
  const left = Math.min(LONGEST_TIMER, Math.max(0, deadlineMs - Date.now()));
  // An error made ahead of time would hold, by its stack, all that the job does until the deadline.
  const end = (): void =>
    late.abort(new AssayError('P304', { details: { stage: 'blobs', deadline: deadlineMs } }));
  setTimeout(end, left).unref();
  return AbortSignal.any([signal, late.signal]);
}
