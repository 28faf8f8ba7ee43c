import type { ProviderLive } from '@assay/wire';
import type { ProviderSummary } from './provider.ts';

export type ProviderOrder = 'SCORE' | 'PRICE' | 'LATENCY' | 'STAKE';

/** Ascending for what costs, descending for what counts. */
export const DIRECTIONS = {
  SCORE: 'descending',
  PRICE: 'ascending',
  LATENCY: 'ascending',
  STAKE: 'descending',
} as const satisfies Record<ProviderOrder, 'ascending' | 'descending'>;

export interface Standing {
  readonly summary: ProviderSummary;
  readonly live: ProviderLive | undefined;
  readonly score: number;
}

/** Sorts behind every known number; JSON has no Infinity. */
const UNKNOWN = Number.MAX_VALUE;

/** The number by which a provider is placed. Prices and speeds count only the offers that fit the filter. */
export function orderKey(order: ProviderOrder, { summary, live, score }: Standing): number {
  switch (order) {
    case 'SCORE':
      return score;
    case 'STAKE':
      return Number(summary.slashable);
    case 'PRICE':
      return smallest(summary.offers.map((offer) => Number(priceOf(offer, live))));
    case 'LATENCY':
      return smallest(liveOffers(summary, live).map(({ msPerUnit }) => msPerUnit ?? UNKNOWN));
  }
}

function priceOf(offer: ProviderSummary['offers'][number], live: ProviderLive | undefined): bigint {
  const livePrice = live?.offers.find(({ offerId }) => offerId === offer.id)?.livePrice;
  return livePrice === undefined ? offer.priceCeiling : BigInt(livePrice);
}

function liveOffers({ offers }: ProviderSummary, live: ProviderLive | undefined) {
  const ids = new Set(offers.map(({ id }) => id));
  return (live?.offers ?? []).filter(({ offerId }) => ids.has(offerId));
}

const smallest = (values: readonly number[]) => Math.min(UNKNOWN, ...values);
