import type { Logger } from 'pino';
import type { DisputeBook } from './dispute-book.ts';
import { type DisputeScan, findDisputes } from './find-disputes.ts';

const BLOCKS_A_LOOK = 2_000;
/** Read again each time, since a reorg may have changed what they say. */
const UNSETTLED_BLOCKS = 64;

export interface ScanOptions extends DisputeScan {
  readonly deployBlock: number;
  readonly book: DisputeBook;
  readonly log: Logger;
}

/** Each call notes the disputes of one stretch of blocks, up to the head; resolves with whether more are left. */
export function createDisputeScan(options: ScanOptions): () => Promise<boolean> {
  const { chain, book, deployBlock, log } = options;
  let next: number | undefined;

  async function note(first: number, last: number): Promise<void> {
    for (const record of await findDisputes(options, first, last)) {
      const { id: dispute, role, commitEnds } = record;
      if (await book.put(record))
        log.warn({ dispute, role, commitEnds }, 'a dispute concerns this provider');
    }
  }

  return async () => {
    const head = await chain.read((rpc) => rpc.getBlockNumber());
    const cursor = book.cursor() ?? deployBlock;
    const first = next ?? Math.max(deployBlock, Math.min(cursor, head + 1) - UNSETTLED_BLOCKS);
    const last = Math.min(head, first + BLOCKS_A_LOOK - 1);
    if (first <= last) await note(first, last);
    if (last + 1 > cursor) await book.moveCursor(last + 1);
    next = last < head ? last + 1 : undefined;
    return next !== undefined;
  };
}
