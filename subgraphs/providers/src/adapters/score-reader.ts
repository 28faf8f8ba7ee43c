import type { Redis } from '@assay/kit';
import { type Address, redisKeys, type ScoreSnapshot, scoreSnapshotSchema } from '@assay/wire';

/** The newest score snapshot, at most half a second old. */
export interface ScoreReader {
  /** 0 for a provider without a score. */
  scoreOf(): Promise<(provider: Address) => number>;
}

const MAX_AGE_MS = 500;

export function createScoreReader(redis: Redis, maxAgeMs = MAX_AGE_MS): ScoreReader {
  let snapshot: ScoreSnapshot | undefined;
  let readAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | undefined;

  const refresh = async () => {
    readAt = performance.now();
    try {
      const json = await redis.get(redisKeys.scores);
      const parsed = scoreSnapshotSchema.safeParse(JSON.parse(json ?? 'null'));
      if (parsed.success) snapshot = parsed.data;
    } catch {
      // Redis is away: the last snapshot stands.
    } finally {
      reading = undefined;
    }
  };
  return {
    async scoreOf() {
      if (reading === undefined && performance.now() - readAt > maxAgeMs) reading = refresh();
      await reading;
      return (provider) => snapshot?.providers[provider]?.score ?? 0;
    },
  };
}
