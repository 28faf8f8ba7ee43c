import type { Redis } from '@assay/kit';
import { type Hex, redisKeys } from '@assay/wire';
import type { UnackedPayments } from '../settlement/payment-issuer.ts';

/** Payments without an acknowledgement, as a set per provider. */
export function createUnackedPayments(redis: Redis): UnackedPayments {
  return {
    async add({ provider, sessionId, offerId }) {
      await redis.sAdd(redisKeys.providerPayments(provider), `${sessionId}:${offerId}`);
    },
    async remove({ provider, sessionId, offerId }) {
      await redis.sRem(redisKeys.providerPayments(provider), `${sessionId}:${offerId}`);
    },
    async of(provider) {
      const members = await redis.sMembers(redisKeys.providerPayments(provider));
      return members.map((member) => {
        const [sessionId, offerId] = member.split(':') as [Hex, Hex];
        return { provider, sessionId, offerId };
      });
    },
  };
}
