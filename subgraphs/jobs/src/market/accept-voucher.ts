import {
  AssayError,
  type Domain,
  digestOf,
  type Hex,
  type Identity,
  isSignedBy,
} from '@assay/wire';
import type { Registry } from '../domain/registry-facts.ts';
import type { Ledger } from '../settlement/ledger.ts';
import type { PaymentIssuer } from '../settlement/payment-issuer.ts';
import { requirePayable } from '../settlement/record-payment.ts';
import type { Payment } from '../settlement/session-account.ts';

export interface PaymentPlace {
  readonly sessionId: Hex;
  readonly offerId: Hex;
}
export interface SignedVoucher extends PaymentPlace {
  readonly cumulative: bigint;
  readonly signature: Hex;
}

export interface VoucherDeps {
  readonly domain: Domain;
  readonly ledger: Ledger;
  readonly registry: Registry;
  readonly payments: PaymentIssuer;
}

/** Checks a client's voucher, adds the guarantee and forwards both. Throws S403, S404, S407 or I100. The same voucher again is fine. */
export async function acceptVoucher(
  voucher: SignedVoucher,
  identity: Identity,
  { domain, ledger, registry, payments }: VoucherDeps,
): Promise<Payment & PaymentPlace> {
  const { sessionId, offerId, cumulative, signature } = voucher;
  const account = await ledger.read(sessionId);
  if (account === undefined || account.grant.salt !== identity.tokenHash)
    throw new AssayError('S404', { details: { sessionId } });
  let digest: Hex;
  try {
    digest = digestOf(domain, 'Voucher', { sessionId, offerId, cumulative });
  } catch (cause) {
    throw new AssayError('I100', { cause, details: { field: 'cumulative' } });
  }
  if (!isSignedBy(account.grant.key, digest, signature))
    throw new AssayError('S407', { details: { key: account.grant.key } });
  const offer = account.offers.get(offerId);
  const held = offer?.payment;
  if (held?.cumulative === cumulative) return { sessionId, offerId, ...held };
  requirePayable(offer, cumulative);
  const provider = registry.offer(offerId)?.provider;
  if (provider === undefined) throw new AssayError('S404', { details: { offerId } });
  const payment = await payments.accept(
    { sessionId, offerId, provider },
    { cumulative, signature },
  );
  return { sessionId, offerId, ...payment };
}
