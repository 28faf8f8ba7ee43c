import { isError, type Log } from 'ethers';
import type { Chain } from './chain.ts';

/** How many blocks one eth_getLogs asks for; every RPC has its own limit, so it is found out and remembered. */
export interface LogSpan {
  blocks: number;
}

export interface LogSearch {
  readonly chain: Chain;
  readonly filter: { readonly address: string; readonly topics: (string | string[] | null)[] };
  readonly fromBlock: number;
  readonly toBlock: number;
  readonly span: LogSpan;
  /** Give up for now after so many requests that found nothing. */
  readonly requests: number;
}

/** Some public endpoints allow no more than this. */
const LEAST = 10;
const FIRST_LIMIT = 50_000;

/** The newest log that matches, searched from the last block backwards, and the first block searched so far. */
export async function newestLog(search: LogSearch): Promise<{ log?: Log; from: number }> {
  const { chain, filter, fromBlock, span } = search;
  let to = search.toBlock;
  let tooMany = Number.POSITIVE_INFINITY;
  for (let asked = 0; asked < search.requests && to >= fromBlock; ) {
    const from = Math.max(fromBlock, to - span.blocks + 1);
    const range = { fromBlock: from, toBlock: to };
    try {
      const logs = await chain.read((rpc) => rpc.getLogs({ ...filter, ...range }));
      const log = logs.at(-1);
      if (log) return { log, from };
    } catch (error) {
      const blocks = to - from + 1;
      if (blocks <= LEAST || !mayBeRange(error)) throw error;
      tooMany = blocks;
      span.blocks = Math.max(LEAST, Math.min(FIRST_LIMIT, Math.floor(blocks / 4)));
      continue;
    }
    asked += 1;
    to = from - 1;
    if (span.blocks * 2 < tooMany) span.blocks *= 2;
  }
  return { from: to + 1 };
}

/** RPCs refuse a range in as many words as there are RPCs; what never reached one is no matter of range. */
function mayBeRange(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return ['UNKNOWN_ERROR', 'SERVER_ERROR', 'TIMEOUT', 'BAD_DATA'].some((code) =>
    isError(cause, code as 'TIMEOUT'),
  );
}
