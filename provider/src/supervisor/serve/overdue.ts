import { AssayError, LINK_LIMITS } from '@assay/wire';
import type { Attempt } from './attempt.ts';

/** What the cancel on its way here and the receipt on its way back may take of the time the gateway waits. */
const ON_THE_WAY_MS = 1_000;

/**
 * A cancelled text is paid for a while only, from the first cancel on. What takes longer ends without a receipt: by then it
 * would be unpaid.
 */
export function limitCurtailed(attempt: Attempt): void {
  const { stop } = attempt;
  const end = (): void => {
    if (stop.signal.aborted) return;
    attempt.overdue = true;
    stop.abort(new AssayError('P304', { details: { stage: 'cancelled' } }));
  };
  attempt.patience ??= setTimeout(end, LINK_LIMITS.partialReceiptMs - ON_THE_WAY_MS).unref();
}

/**
 * Throws P304 where a receipt would be paid by nobody any more, so that it would only stand against its gateway's credit:
 * too long after a cancel, or past the deadline by either clock.
 */
export function refuseOverdue(attempt: Attempt, clockSkewMs: number): void {
  const { deadlineMs } = attempt.meta;
  if (attempt.overdue) throw attempt.stop.signal.reason;
  if (Date.now() > deadlineMs + Math.max(0, clockSkewMs))
    throw new AssayError('P304', { details: { stage: 'released', deadline: deadlineMs } });
}
