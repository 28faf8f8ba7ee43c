import type { IndexClient } from '@assay/kit';
import type { Address, Hex } from '@assay/wire';
import { z } from 'zod';
import { hex, reference } from './index-shapes.ts';

export interface ModelOffersIndex {
  /** Who has an open offer for each of these models. */
  providersOf(modelIds: readonly Hex[]): Promise<ReadonlyMap<Hex, readonly Address[]>>;
}

const answerSchema = z.object({
  models: z.array(z.object({ id: hex, offers: z.array(z.object({ provider: reference })) })),
});
const OFFERS = `query ($ids: [Bytes!]!, $now: BigInt!) {
  models(first: 1000, where: { id_in: $ids }) {
    id offers(first: 1000, where: { retired: false, validUntil_gt: $now }) { provider { id } }
  }
}`;

export function createModelOffersIndex(
  index: IndexClient,
  now: () => number = Date.now,
): ModelOffersIndex {
  return {
    async providersOf(ids) {
      const minute = `${Math.ceil(now() / 60_000) * 60}`;
      const { data } = await index.query(OFFERS, { ids, now: minute }, answerSchema);
      return new Map(
        data.models.map(({ id, offers }) => [id, offers.map(({ provider }) => provider)]),
      );
    },
  };
}
