import type { DisputeRecord } from './dispute-book.ts';

const PART_OF_WINDOW = 0.05;

/** A commit window may last a minute or days: whoever waits in it looks at least twenty times. */
export function longestWaitMs({
  commitEnds,
  revealEnds,
}: Pick<DisputeRecord, 'commitEnds' | 'revealEnds'>): number {
  return Math.max(1, revealEnds - commitEnds) * 1000 * PART_OF_WINDOW;
}
