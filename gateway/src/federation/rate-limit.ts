import type { Log, Redis } from '@assay/kit';
import { AssayError, redisKeys } from '@assay/wire';
import type { CallerContext } from './caller.ts';

/** Counts what callers do, and refuses the ones that do too much. */
export interface RateLimit {
  /** Throws G801 with the time to wait. `allowance` multiplies the limit for subjects that stand for many. */
  take(subject: string, allowance?: number): void;
  close(): Promise<void>;
}

export interface RateLimitOptions {
  readonly perMinute: number;
  /** Shares the count between gateways; without it each gateway counts for itself. */
  readonly redis?: Redis | undefined;
  readonly log: Log;
  readonly now?: () => number;
}

const WINDOW_MS = 10_000;
const SHARE_MS = 250;

/** Addresses stand for many clients, and for all the tokens that one client invents. */
const PEER_ALLOWANCE = 10;

/** Counts one operation of a caller, by token and by address. */
export function takeRate(rate: RateLimit, { caller, peer }: CallerContext): void {
  rate.take(`peer:${peer}`, caller.tokenHash === undefined ? 1 : PEER_ALLOWANCE);
  if (caller.tokenHash !== undefined) rate.take(caller.tokenHash);
}

interface Count {
  /** Counted here and not yet told to Redis. */
  fresh: number;
  /** Counted by everybody, as Redis last said. */
  shared: number;
}

/**
 * Fixed windows of ten seconds. Nobody waits for Redis: a decision takes what is known here, and gateways
 * tell each other what they counted four times a second.
 */
export function createRateLimit(options: RateLimitOptions): RateLimit {
  const { redis, log, now = Date.now } = options;
  const limit = Math.ceil((options.perMinute * WINDOW_MS) / 60_000);
  let window = 0;
  let counts = new Map<string, Count>();

  function countOf(subject: string): Count {
    const current = Math.floor(now() / WINDOW_MS);
    if (current !== window) {
      window = current;
      counts = new Map();
    }
    const known = counts.get(subject) ?? { fresh: 0, shared: 0 };
    counts.set(subject, known);
    return known;
  }

  async function share(connected: Redis): Promise<void> {
    const fresh = [...counts].filter(([, count]) => count.fresh > 0);
    if (fresh.length === 0) return;
    const batch = connected.multi();
    for (const [subject, count] of fresh) {
      const key = redisKeys.limit(`rate:${window}`, subject);
      batch.incrBy(key, count.fresh).pExpire(key, 2 * WINDOW_MS);
      count.shared += count.fresh; // until Redis answers, at least this is known
      count.fresh = 0;
    }
    const replies = await batch.exec();
    for (const [index, [, count]] of fresh.entries()) count.shared = Number(replies[2 * index]);
  }

  const sharing =
    redis &&
    setInterval(() => share(redis).catch((err) => log.debug({ err }, 'rate not shared')), SHARE_MS);
  sharing?.unref();

  return {
    take(subject, allowance = 1) {
      const count = countOf(subject);
      if (count.fresh + count.shared >= limit * allowance) {
        throw new AssayError('G801', { retryAfterMs: (window + 1) * WINDOW_MS - now() });
      }
      count.fresh += 1;
    },
    async close() {
      clearInterval(sharing);
      if (redis?.isReady) await share(redis);
    },
  };
}
