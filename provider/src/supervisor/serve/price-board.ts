import type { Hex } from '@assay/wire';
import type { ServedOffer } from './served-offer.ts';

/** A price that was announced may be quoted and billed this long. */
const HONOURED_MS = 60_000;
const SCALE = 1_000_000;

/** price x (1 + surge x load), never above the ceiling. */
export function livePrice({ price, ceiling, surge }: ServedOffer, load: number): bigint {
  const factor = BigInt(Math.round((1 + surge * Math.max(0, Math.min(1, load))) * SCALE));
  const wanted = (price * factor) / BigInt(SCALE);
  return wanted > ceiling ? ceiling : wanted;
}

/** Remembers what was announced, so that a ticket at a price of a moment ago is still honoured. */
export interface PriceBoard {
  announce(offer: ServedOffer, load: number, now: number): bigint;
  /** The least a ticket may pay now. */
  floor(offer: ServedOffer, now: number): bigint;
}

export function createPriceBoard(): PriceBoard {
  const announced = new Map<Hex, { readonly price: bigint; readonly until: number }[]>();
  const honoured = (offer: ServedOffer, now: number) =>
    (announced.get(offer.offerId) ?? []).filter(({ until }) => until > now);
  return {
    announce(offer, load, now) {
      const price = livePrice(offer, load);
      const others = honoured(offer, now).filter((one) => one.price !== price);
      announced.set(offer.offerId, [...others, { price, until: now + HONOURED_MS }]);
      return price;
    },
    floor(offer, now) {
      const prices = honoured(offer, now).map(({ price }) => price);
      return prices.toSorted((a, b) => Number(a - b))[0] ?? offer.price;
    },
  };
}
