import { AssayError } from '@assay/wire';
import type { Attempt } from './attempt.ts';

/** Ample for a receipt to be stored and to reach the gateway. */
const RECEIPT_MS = 500;
/** The one under way when the child hears of it, and one that its machine was slower with than measured. */
const LAST_TOKENS = 2;
const LONGEST_TIMER = 2 ** 31 - 1;

interface Times {
  /** Epoch ms by the gateway's clock, as is the text's deadline. */
  readonly deadlineMs: number;
  /** How far this clock is ahead of the gateway's. */
  readonly clockSkewMs: number;
  /** Epoch ms by this clock. */
  readonly acceptedAt: number;
  readonly msPerUnit: number;
}

/**
 * When a text has to end for its receipt to reach the gateway by the deadline, epoch ms by this clock. At least three
 * quarters of the time remain for the text.
 */
export function lastMoment({ deadlineMs, clockSkewMs, acceptedAt, msPerUnit }: Times): number {
  const deadline = deadlineMs + Math.min(0, clockSkewMs);
  const margin = RECEIPT_MS + LAST_TOKENS * msPerUnit;
  return deadline - Math.min(margin, Math.max(0, deadline - acceptedAt) / 4);
}

/** Ends a text in time to be paid for. */
export interface TimelyEnd {
  /** Whether it told this text to end. The text may have been done by itself in the same moment. */
  readonly endedIt: boolean;
  /** Output has left. */
  heard(): void;
  /** The run is over. */
  clear(): void;
}

/**
 * A text under way is curtailed at the last moment its receipt can be in time: at its deadline the gateway gives it up
 * and pays nothing. One without a token by then goes on, there is nothing to lose; so does whatever cannot stop half-way.
 */
export function endInTime(attempt: Attempt, clockSkewMs: number): TimelyEnd {
  const { curtail, offer, acceptedAt, meta } = attempt;
  const { deadlineMs } = meta;
  let endedIt = false;
  let isLate = false;
  const look = (): void => {
    if (!isLate || attempt.released === 0 || curtail.signal.aborted) return;
    endedIt = true;
    curtail.abort(new AssayError('P304', { details: { stage: 'running', deadline: deadlineMs } }));
  };
  if (offer.manifest.task !== 'text-generation')
    return { endedIt, heard: () => undefined, clear: () => undefined };
  const { msPerUnit } = offer;
  const left = lastMoment({ deadlineMs, clockSkewMs, acceptedAt, msPerUnit }) - Date.now();
  const timer = setTimeout(
    () => {
      isLate = true;
      look();
    },
    Math.min(LONGEST_TIMER, Math.max(0, left)),
  );
  return {
    get endedIt() {
      return endedIt;
    },
    heard: look,
    clear: () => clearTimeout(timer),
  };
}
