import { type Address, type ProviderLive, providerLiveSchema, redisKeys } from '@assay/wire';
import type { Redis } from '../process/redis.ts';

/** What jobs published about connected providers. */
export interface LiveDirectory {
  /** Every live provider, at most half a second old. Empty while Redis is away: nobody is known to be live. */
  all(): Promise<ReadonlyMap<Address, ProviderLive>>;
  /** These providers now, in one round trip; undefined for each that is not connected. */
  read(providers: readonly Address[]): Promise<(ProviderLive | undefined)[]>;
}

const MAX_AGE_MS = 500;

export function createLiveDirectory(redis: Redis, maxAgeMs = MAX_AGE_MS): LiveDirectory {
  let known: ReadonlyMap<Address, ProviderLive> = new Map();
  let readAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;

  const read = async (providers: readonly Address[]) => {
    const commands = providers.map((address) =>
      redis.hGet(redisKeys.providerLive(address), 'json'),
    );
    return (await Promise.all(commands)).map(parseLive);
  };
  const refresh = async () => {
    readAt = performance.now();
    try {
      const providers = (await redis.zRange(redisKeys.providersLive, 0, -1)) as Address[];
      const lives = (await read(providers)).filter((live) => live !== undefined);
      known = new Map(lives.map((live) => [live.provider, live]));
    } catch {
      known = new Map();
    } finally {
      reading = undefined;
    }
  };
  return {
    read,
    async all() {
      if (reading === undefined && performance.now() - readAt > maxAgeMs) reading = refresh();
      await reading;
      return known;
    },
  };
}

function parseLive(json: string | null | undefined): ProviderLive | undefined {
  if (json == null) return undefined;
  const parsed = providerLiveSchema.safeParse(JSON.parse(json));
  return parsed.success ? parsed.data : undefined;
}
