import type { Redis } from '@assay/kit';
import { type Hex, redisKeys } from '@assay/wire';
import type { JobNotices } from '../dispatch/follow-stored.ts';

const CANCEL_CHANNEL = 'jobs:cancel';

export interface RedisNotices extends JobNotices {
  /** Calls back with jobs that another instance was asked to cancel. */
  onCancel(handler: (jobId: Hex) => void): Promise<void>;
}

/** News over Redis pub/sub. One channel a job, shared by all who watch it here. */
export function createJobNotices(redis: Redis, subscriber: Redis): RedisNotices {
  const watchers = new Map<string, Set<() => void>>();

  function listen(channel: string): Set<() => void> {
    const listening = new Set<() => void>();
    watchers.set(channel, listening);
    subscriber
      .subscribe(channel, () => {
        for (const onNews of listening) onNews();
      })
      .catch(() => undefined); // the follower's own look finds the news
    return listening;
  }

  return {
    watch(jobId, onNews) {
      const channel = redisKeys.jobEvents(jobId);
      const listening = watchers.get(channel) ?? listen(channel);
      listening.add(onNews);
      return () => {
        listening.delete(onNews);
        if (listening.size > 0 || watchers.get(channel) !== listening) return;
        watchers.delete(channel);
        subscriber.unsubscribe(channel).catch(() => undefined);
      };
    },
    async askToCancel(jobId) {
      await redis.publish(CANCEL_CHANNEL, jobId);
    },
    async onCancel(handler) {
      await subscriber.subscribe(CANCEL_CHANNEL, (message) => handler(message as Hex));
    },
  };
}
