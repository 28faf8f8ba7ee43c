import type { Log } from 'ethers';
import { type LogSearch, searchLogs } from './search-logs.ts';

/** The newest log that matches, and the first block searched so far: where to go on if there was none yet. */
export async function newestLog(search: LogSearch): Promise<{ log?: Log; from: number }> {
  let from = search.toBlock + 1;
  for await (const found of searchLogs(search)) {
    from = found.from;
    const log = found.logs.at(-1);
    if (log) return { log, from };
  }
  return { from };
}
