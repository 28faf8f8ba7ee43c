import type { FrameMeta, Ticket } from '@assay/wire';

/** What so many units of a ticket cost, never more than it allows. */
export function priceOf(units: bigint, meta: FrameMeta<'ticket'>, { maxPrice }: Ticket): bigint {
  const price = units * BigInt(meta.unitPrice);
  return price < maxPrice ? price : maxPrice;
}
