import { AssayError, chainReceipts, EMPTY_RECEIPTS, type Hex } from '@assay/wire';
import type { AccountChanges } from './account-changes.ts';
import type { OfferAccount, Payment, SessionAccount } from './session-account.ts';

/** A payment frame lists at most this many receipts. */
const MAX_UNACKED = 512;

/** What a voucher of `cumulative` would pay: the new head of the receipts chain. */
export function payableReceipts(offer: OfferAccount, cumulative: bigint): Hex {
  const digests = offer.due.filter((due) => due.cumulative <= cumulative).map((due) => due.digest);
  return chainReceipts(offer.payment?.receipts ?? EMPTY_RECEIPTS, digests);
}

/** The amount the next hosted voucher may cover, or undefined where nothing is due or the provider must first catch up. */
export function nextHostedAmount(offer: OfferAccount): bigint | undefined {
  return offer.due.slice(0, MAX_UNACKED - offer.unacked.length).at(-1)?.cumulative;
}

export interface RecordedPayment extends Payment {
  readonly offerId: Hex;
}

/** Puts a voucher and its guarantee in force. Throws S403 for a lower one and I100 for one above what is owed. */
export function recordPayment(
  account: SessionAccount,
  changes: AccountChanges,
  { offerId, ...payment }: RecordedPayment,
): void {
  const offer = account.offers.get(offerId);
  requirePayable(offer, payment.cumulative);
  if (payableReceipts(offer, payment.cumulative) !== payment.receipts)
    throw new AssayError('S403', { details: { reason: 'the receipts changed meanwhile' } });

  offer.payment = payment;
  const paid = offer.due.filter((due) => due.cumulative <= payment.cumulative);
  offer.due = offer.due.slice(paid.length);
  offer.unacked.push(...paid);
  offer.dueSince = offer.due.length === 0 ? undefined : offer.dueSince;
  changes.offers.add(offerId);
}

export function requirePayable(
  offer: OfferAccount | undefined,
  cumulative: bigint,
): asserts offer is OfferAccount {
  const held = offer?.payment?.cumulative ?? 0n;
  if (cumulative <= held)
    throw new AssayError('S403', { details: { held: `${held}`, given: `${cumulative}` } });
  if (offer === undefined || cumulative > offer.owed)
    throw new AssayError('I100', {
      details: { field: 'cumulative', owed: `${offer?.owed ?? 0n}`, given: `${cumulative}` },
      hint: 'Sign no more than Session.owed says.',
    });
}

/** The provider has everything up to `cumulative` on its disk. */
export function acknowledgePayment(
  account: SessionAccount,
  changes: AccountChanges,
  { offerId, cumulative }: { readonly offerId: Hex; readonly cumulative: bigint },
): void {
  const offer = account.offers.get(offerId);
  if (offer === undefined || offer.unacked.length === 0) return;
  offer.unacked = offer.unacked.filter((receipt) => receipt.cumulative > cumulative);
  changes.offers.add(offerId);
}
