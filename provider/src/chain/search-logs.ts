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
  /** Ends after so many answers, wherever it is. */
  readonly requests: number;
}

/** Some public endpoints allow no more than this. */
const LEAST = 10;
const FIRST_LIMIT = 50_000;

/** Logs from the last block backwards, range by range, each with the first block searched so far. */
export async function* searchLogs(
  search: LogSearch,
): AsyncGenerator<{ readonly logs: readonly Log[]; readonly from: number }> {
  const { chain, filter, fromBlock, span } = search;
  let to = search.toBlock;
  let tooMany = Number.POSITIVE_INFINITY;
  for (let answers = 0; answers < search.requests && to >= fromBlock; ) {
    const from = Math.max(fromBlock, to - span.blocks + 1);
    const range = { fromBlock: from, toBlock: to };
    let logs: readonly Log[];
    try {
      logs = await chain.read((rpc) => rpc.getLogs({ ...filter, ...range }));
    } catch (error) {
      const blocks = to - from + 1;
      if (blocks <= LEAST || !mayBeRange(error)) throw error;
      tooMany = blocks;
      span.blocks = Math.max(LEAST, Math.min(FIRST_LIMIT, Math.floor(blocks / 4)));
      continue;
    }
    yield { logs, from };
    answers += 1;
    to = from - 1;
    if (span.blocks * 2 < tooMany) span.blocks *= 2;
  }
}

/** RPCs refuse a range in as many words as there are RPCs; what never reached one is no matter of range. */
function mayBeRange(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return ['UNKNOWN_ERROR', 'SERVER_ERROR', 'TIMEOUT', 'BAD_DATA'].some((code) =>
    isError(cause, code as 'TIMEOUT'),
  );
}
