import type { Hex } from '@assay/wire';
import type { AccountChanges } from './account-changes.ts';
import { emptyOffer, type Payment, type SessionAccount } from './session-account.ts';

/**
 * A provider shows a payment that this ledger does not know: the ledger had been lost. The payment was verified to carry our
 * own guarantee, so it counts: the offer is owed at least that much. A payment already known changes nothing.
 */
export function adoptHolding(
  account: SessionAccount,
  changes: AccountChanges,
  { offerId, ...payment }: Payment & { readonly offerId: Hex },
): boolean {
  const offer = account.offers.get(offerId) ?? emptyOffer();
  if (payment.cumulative <= (offer.payment?.cumulative ?? 0n)) return false;
  const missing = payment.cumulative > offer.owed ? payment.cumulative - offer.owed : 0n;
  account.offers.set(offerId, offer);
  offer.payment = payment;
  offer.owed += missing;
  account.spent += missing;
  offer.due = offer.due.filter((due) => due.cumulative > payment.cumulative);
  offer.unacked = [];
  changes.offers.add(offerId);
  return true;
}
