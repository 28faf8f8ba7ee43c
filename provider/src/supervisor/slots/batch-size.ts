import { batchMs } from './batch-ms.ts';
import type { ModelProfile } from './slot-types.ts';

type Profile = Pick<ModelProfile, 'msByBatch' | 'maxBatch'>;

/**
 * What two halves may take over one whole. A choice, not a measurement: it halves the batches of Silero VAD (1.2 to 1.4) and
 * leaves those whole that cost nearly the same whatever their size, as on a GPU (2).
 */
const WORTH_HALVING = 1.5;
const FEWEST_TO_HALVE = 4;

/** Whether half of so many rows is a batch worth its run, where the other half can follow at once. */
export function halvesPay(profile: Profile, rows: number): boolean {
  const [first, second] = [Math.floor(rows / 2), Math.ceil(rows / 2)];
  const apart = batchMs(profile, first) + batchMs(profile, second);
  return rows >= FEWEST_TO_HALVE && apart <= WORTH_HALVING * batchMs(profile, rows);
}

/**
 * How many of the rows that wait an idle child is given, when another batch may wait inside it. All of them would come back
 * together, and the child would have nothing to do until their successors arrive: half of them keeps it busy. The smaller
 * half, for the rest follows where it is no smaller.
 */
export function firstOfTwo(profile: Profile, waiting: number): number {
  const isAll = waiting <= profile.maxBatch;
  return isAll && halvesPay(profile, waiting) ? Math.floor(waiting / 2) : profile.maxBatch;
}
