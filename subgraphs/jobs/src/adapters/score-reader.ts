import type { Log, Redis } from '@assay/kit';
import { type ProviderScore, redisKeys, scoreSnapshotSchema } from '@assay/wire';

const EVERY_MS = 1_000;

/** Reads reputation's snapshot once a second and hands each new version on. Returns how to stop. */
export function readScores(
  redis: Redis,
  onScores: (scores: ReadonlyMap<string, ProviderScore>) => void,
  log: Log,
): () => void {
  let version = -1;
  const look = async () => {
    const json = await redis.get(redisKeys.scores);
    if (json === null) return;
    const snapshot = scoreSnapshotSchema.parse(JSON.parse(json));
    if (snapshot.version === version) return;
    version = snapshot.version;
    onScores(new Map(Object.entries(snapshot.providers)));
  };
  const timer = setInterval(() => {
    look().catch((error: unknown) => log.debug({ err: error }, 'scores not read'));
  }, EVERY_MS);
  return () => clearInterval(timer);
}
