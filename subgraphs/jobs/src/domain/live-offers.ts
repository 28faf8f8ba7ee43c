import type { Address, EpochMs, LiveOffer } from '@assay/wire';
import { isValidAt, type Registry } from './registry-facts.ts';

/** The offers of a heartbeat that the chain allows: registered, in force, of the same class, at most at the ceiling. */
export function liveOffersOf(
  registry: Pick<Registry, 'offer'>,
  claimed: { readonly provider: Address; readonly offers: readonly LiveOffer[] },
  now: EpochMs,
): LiveOffer[] {
  return claimed.offers.filter((live) => {
    const offer = registry.offer(live.offerId);
    return (
      offer !== undefined &&
      offer.provider === claimed.provider &&
      offer.modelId === live.modelId &&
      offer.execClass === live.execClass &&
      isValidAt(offer, now) &&
      BigInt(live.livePrice) <= offer.priceCeiling
    );
  });
}
