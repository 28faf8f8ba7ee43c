import type { Redis } from '@assay/kit';
import { amountText, type Hex, redisKeys } from '@assay/wire';
import { z } from 'zod';
import type { QuoteStore } from '../domain/quote.ts';

const hex = z.custom<Hex>((value) => typeof value === 'string' && /^0x[0-9a-f]{64}$/.test(value));
const schema = z.object({
  intentHash: hex,
  modelId: hex,
  price: amountText.transform(BigInt),
  expiresAt: z.number(),
});
const GRACE_MS = 5_000;

/** Quotes in Redis until they expire, so that any instance honours them. */
export function createQuoteStore(redis: Redis): QuoteStore {
  return {
    async save({ id, intentHash, modelId, price, expiresAt }) {
      const json = JSON.stringify({ intentHash, modelId, price: `${price}`, expiresAt });
      const value = Math.max(1, expiresAt - Date.now() + GRACE_MS);
      await redis.set(redisKeys.quote(id), json, { expiration: { type: 'PX', value } });
    },
    async find(id) {
      if (!/^0x[0-9a-f]{64}$/.test(id)) return undefined;
      const json = await redis.get(redisKeys.quote(id));
      return json === null ? undefined : schema.parse(JSON.parse(json));
    },
  };
}
