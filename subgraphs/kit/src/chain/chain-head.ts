import { z } from 'zod';
import type { RpcClient } from './rpc-client.ts';

export interface Block {
  readonly number: number;
  /** Seconds since the epoch. */
  readonly timestamp: number;
}

/** The newest block of the chain, for telling how far the index is behind. */
export interface ChainHead {
  /** Asks the chain if nobody did for a while. A chain that does not answer leaves what is known. */
  refresh(): Promise<void>;
  /** How long the chain has had a block that an index at `block` has not; 0 at the head or if unknown. */
  lagSeconds(block: Block): number;
}

const hexNumber = z
  .string()
  .regex(/^0x[0-9a-f]{1,13}$/)
  .transform(Number);
const blockSchema = z.object({ number: hexNumber, timestamp: hexNumber });
const MAX_AGE_MS = 1_000;
const REMEMBERED = 1_024;

interface Seen extends Block {
  readonly at: number;
}

/** Asks at most once in `maxAgeMs`, whoever asks. */
export function createChainHead(rpc: RpcClient, maxAgeMs = MAX_AGE_MS): ChainHead {
  const seen: Seen[] = [];
  let asking: Promise<void> | undefined;
  let askedAt = Number.NEGATIVE_INFINITY;

  const ask = async () => {
    askedAt = performance.now();
    try {
      const block = await rpc.call('eth_getBlockByNumber', ['latest', false], blockSchema);
      // A reorg takes blocks back, and with them when they were seen.
      while ((seen.at(-1)?.number ?? -1) > block.number) seen.pop();
      if (seen.at(-1)?.number !== block.number) seen.push({ ...block, at: performance.now() });
      if (seen.length > REMEMBERED) seen.shift();
    } catch {
      // The chain does not answer: what was known stands, and the next caller asks again.
    } finally {
      asking = undefined;
    }
  };
  return {
    async refresh() {
      if (asking === undefined && performance.now() - askedAt > maxAgeMs) asking = ask();
      await asking;
    },
    lagSeconds(block) {
      const newest = seen.at(-1);
      if (newest === undefined || newest.number <= block.number) return 0;
      const missing = seen.find(({ number }) => number > block.number) ?? newest;
      const watched = (performance.now() - missing.at) / 1_000;
      // A block older than this watch: its own timestamp says how old it is at least.
      return missing === seen[0] ? Math.max(watched, newest.timestamp - block.timestamp) : watched;
    },
  };
}
