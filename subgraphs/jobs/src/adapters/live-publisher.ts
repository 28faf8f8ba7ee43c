import type { Log, Redis } from '@assay/kit';
import { type Address, LINK_LIMITS, type ProviderLive, redisKeys } from '@assay/wire';

const LIVE_MS = LINK_LIMITS.heartbeatMs * LINK_LIMITS.heartbeatsMissed;

export interface LivePublisher {
  publish(live: ProviderLive): void;
  remove(provider: Address): void;
}

/** Shows connected providers to the providers subgraph; an entry expires after three missed heartbeats. */
export function createLivePublisher(redis: Redis, log: Log): LivePublisher {
  const failed = (error: unknown) => log.debug({ err: error }, 'live state not published');
  return {
    publish(live) {
      const key = redisKeys.providerLive(live.provider);
      redis
        .multi()
        .hSet(key, { json: JSON.stringify(live) })
        .pExpire(key, LIVE_MS)
        .zAdd(redisKeys.providersLive, { score: live.heartbeatAt, value: live.provider })
        .exec()
        .catch(failed);
    },
    remove(provider) {
      redis
        .multi()
        .del(redisKeys.providerLive(provider))
        .zRem(redisKeys.providersLive, provider)
        .exec()
        .catch(failed);
    },
  };
}
