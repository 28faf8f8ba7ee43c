import {
  AssayError,
  chainReceipts,
  type Domain,
  digestOf,
  EMPTY_RECEIPTS,
  type FrameMeta,
  type Hex,
  isSignedBy,
} from '@assay/wire';
import type { HeldPayment } from './ledger.ts';
import type { SessionFacts } from './session-facts.ts';

const NO_GATEWAY = `0x${'00'.repeat(20)}`;

/**
 * Holds a payment to its signatures: throws S407 for one that could not be claimed. Says whether its receipts continue the
 * chain of the payment held; a break costs nobody money, so that payment is kept all the same.
 */
export function verifyPayment(
  payment: FrameMeta<'payment'>,
  session: SessionFacts,
  context: { readonly domain: Domain; readonly held: HeldPayment | undefined },
): { readonly continues: boolean } {
  const { sessionId, offerId, receipts } = payment;
  const cumulative = BigInt(payment.cumulative);
  const voucher = digestOf(context.domain, 'Voucher', { sessionId, offerId, cumulative });
  if (!isSignedBy(session.key, voucher, payment.signature)) throw unclaimable('voucher', payment);
  if (session.gateway === NO_GATEWAY) return { continues: true };
  const guarantee = digestOf(context.domain, 'Guarantee', {
    sessionId,
    offerId,
    cumulative,
    receipts,
  });
  if (payment.guarantee === undefined || !isSignedBy(session.gateway, guarantee, payment.guarantee))
    throw unclaimable('guarantee', payment);
  return { continues: continues(payment, context.held) };
}

/** The chain goes on from the payment held, or is the very same payment again. */
function continues(payment: FrameMeta<'payment'>, held: HeldPayment | undefined): boolean {
  if (held && BigInt(payment.cumulative) <= held.cumulative) return true;
  const before: Hex = held?.receipts ?? EMPTY_RECEIPTS;
  return chainReceipts(before, payment.receiptDigests) === payment.receipts;
}

function unclaimable(what: string, { sessionId, offerId }: FrameMeta<'payment'>): AssayError {
  return new AssayError('S407', {
    details: { what, sessionId, offerId },
    hint: `Send a ${what} signed as docs/PROTOCOL.md says.`,
  });
}
