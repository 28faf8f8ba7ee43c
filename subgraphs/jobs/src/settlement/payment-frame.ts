import type { PaymentMeta } from '../domain/provider-connection.ts';
import type { PaymentKey } from './payment-issuer.ts';
import type { OfferAccount, Payment } from './session-account.ts';

/** The payment in force, with the receipts that continue what the provider last acknowledged. */
export function paymentFrame(
  { sessionId, offerId }: PaymentKey,
  offer: OfferAccount,
  { cumulative, signature, guarantee, receipts }: Payment,
): PaymentMeta {
  const receiptDigests = offer.unacked.map((receipt) => receipt.digest);
  const amount = `${cumulative}`;
  return { sessionId, offerId, cumulative: amount, signature, guarantee, receipts, receiptDigests };
}
