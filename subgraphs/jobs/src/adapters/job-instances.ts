import type { Log, Redis } from '@assay/kit';
import { type Hex, redisKeys } from '@assay/wire';
import type { RunningJobs } from '../market/market-deps.ts';

const BEAT_MS = 1_000;
const DEAD_MS = 5_000;

export interface JobInstances extends RunningJobs {
  close(): Promise<void>;
}

/**
 * Signs of life of this instance, and the jobs it runs. Jobs of an instance that fell silent are handed to `onOrphan`,
 * by whoever finds them first.
 */
export async function createJobInstances(options: {
  readonly redis: Redis;
  readonly id: string;
  readonly onOrphan: (jobId: Hex) => Promise<void>;
  readonly log: Log;
}): Promise<JobInstances> {
  const { redis, id, onOrphan, log } = options;
  const failed = (error: unknown) => log.debug({ err: error }, 'instances not updated');

  const beat = () => redis.zAdd(redisKeys.jobsInstances, { score: Date.now(), value: id });

  async function adopt(instance: string): Promise<void> {
    const key = redisKeys.jobsRunning(instance);
    for (const jobId of await redis.sMembers(key)) {
      await onOrphan(jobId as Hex);
      await redis.sRem(key, jobId);
    }
    await redis.zRem(redisKeys.jobsInstances, instance);
    log.warn({ instance }, 'jobs of a dead instance ended');
  }

  async function look(): Promise<void> {
    await beat();
    const dead = await redis.zRangeByScore(redisKeys.jobsInstances, 0, Date.now() - DEAD_MS);
    for (const instance of dead) if (instance !== id) await adopt(instance);
  }

  await look();
  const timer = setInterval(() => void look().catch(failed), BEAT_MS);
  return {
    started: (jobId) => void redis.sAdd(redisKeys.jobsRunning(id), jobId).catch(failed),
    ended: (jobId) => void redis.sRem(redisKeys.jobsRunning(id), jobId).catch(failed),
    async close() {
      clearInterval(timer);
      await redis.zRem(redisKeys.jobsInstances, id);
    },
  };
}
