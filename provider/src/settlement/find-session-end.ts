import type { Address, Hex } from '@assay/wire';
import { escrowAbi } from '../chain/abi.ts';
import type { Chain } from '../chain/chain.ts';
import { newestLog } from '../chain/newest-log.ts';
import type { LogSpan } from '../chain/search-logs.ts';

/** A session is looked for so far back at a time; the next question goes on from there. */
const SEARCH_REQUESTS = 200;
const MOST_SEARCHES = 1_000;

/** Unix seconds after which a session can be withdrawn without being closed; undefined if its opening is not found (yet). */
export type FindSessionEnd = (sessionId: Hex) => Promise<number | undefined>;

export function createSessionEndFinder({
  chain,
  escrow: address,
  deployBlock: fromBlock,
}: {
  readonly chain: Chain;
  readonly escrow: Address;
  readonly deployBlock: number;
}): FindSessionEnd {
  const span: LogSpan = { blocks: Number.MAX_SAFE_INTEGER };
  /** From these blocks on there was nothing. */
  const searched = new Map<Hex, number>();

  function remember(sessionId: Hex, from: number, isDone: boolean): void {
    searched.delete(sessionId);
    if (searched.size >= MOST_SEARCHES) searched.clear();
    // At the first block nothing is left: it opened after the search began, or is unknown here.
    if (!isDone && from > fromBlock) searched.set(sessionId, from);
  }

  return async (sessionId) => {
    const topics = escrowAbi.encodeFilterTopics('SessionOpened', [sessionId]);
    const before = searched.get(sessionId);
    const toBlock =
      before === undefined ? await chain.read((rpc) => rpc.getBlockNumber()) : before - 1;
    const { log, from } = await newestLog({
      ...{ chain, span, fromBlock, toBlock },
      ...{ filter: { address, topics }, requests: SEARCH_REQUESTS },
    });
    remember(sessionId, from, log !== undefined);
    const opened = log && escrowAbi.parseLog(log);
    return opened ? Number(opened.args.expiresAt) + Number(opened.args.withdrawDelay) : undefined;
  };
}
