import type { Redis } from '@assay/kit';
import { AssayError, type Hex, redisKeys } from '@assay/wire';
import type { SessionTokens } from '../settlement/session-service.ts';

const MAX_CACHED = 20_000;

/** Bearer tokens by their hash, in Redis, with the latest ones in memory. A binding never changes: salts are public
 * on chain, so the first session to bind one keeps it. */
export function createSessionTokens(redis: Redis): SessionTokens {
  const cached = new Map<Hex, Hex>();
  const keep = (tokenHash: Hex, sessionId: Hex) => {
    if (cached.size >= MAX_CACHED) cached.clear();
    cached.set(tokenHash, sessionId);
  };
  return {
    async bind(tokenHash, sessionId) {
      const bound = await redis.set(redisKeys.token(tokenHash), sessionId, { condition: 'NX' });
      const owner = bound === null ? await redis.get(redisKeys.token(tokenHash)) : sessionId;
      if (owner !== sessionId)
        throw new AssayError('S400', {
          details: { field: 'salt' },
          hint: 'This salt belongs to another session: draw a new token.',
        });
      keep(tokenHash, sessionId);
    },
    async find(tokenHash) {
      const known = cached.get(tokenHash);
      if (known !== undefined) return known;
      const sessionId = (await redis.get(redisKeys.token(tokenHash))) as Hex | null;
      if (sessionId === null) return undefined;
      keep(tokenHash, sessionId);
      return sessionId;
    },
  };
}
