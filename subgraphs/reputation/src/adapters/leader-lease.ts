import { randomUUID } from 'node:crypto';
import type { Redis } from '@assay/kit';
import { redisKeys } from '@assay/wire';

/** Elects the one instance that writes scores. A lease runs out unless it is renewed. */
export interface LeaderLease {
  /** Takes or renews the lease; false while somebody else holds it. */
  hold(): Promise<boolean>;
  /** True while the lease surely has not run out yet. */
  readonly held: boolean;
  /** Gives the lease up, so that another instance need not wait. */
  release(): Promise<void>;
}

const LEASE_MS = 3_000;
/** No writes in the last part of a lease: another instance's clock may be ahead. */
const MARGIN_MS = 1_000;

const RENEW = `if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('pexpire', KEYS[1], ARGV[2]) end return 0`;
const RELEASE = `if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0`;

export function createLeaderLease(redis: Redis, leaseMs = LEASE_MS): LeaderLease {
  const self = randomUUID();
  let until = Number.NEGATIVE_INFINITY;
  const key = redisKeys.scoresLeader;

  return {
    get held() {
      return performance.now() < until;
    },
    async hold() {
      const asked = performance.now();
      const renewed = await redis.eval(RENEW, { keys: [key], arguments: [self, `${leaseMs}`] });
      const held =
        renewed === 1 ||
        (await redis.set(key, self, {
          condition: 'NX',
          expiration: { type: 'PX', value: leaseMs },
        })) === 'OK';
      until = held ? asked + leaseMs - Math.min(MARGIN_MS, leaseMs / 3) : Number.NEGATIVE_INFINITY;
      return held;
    },
    async release() {
      until = Number.NEGATIVE_INFINITY;
      await redis.eval(RELEASE, { keys: [key], arguments: [self] });
    },
  };
}
