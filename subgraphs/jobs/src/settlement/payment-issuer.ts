import type { Log } from '@assay/kit';
import {
  type Address,
  AssayError,
  type Domain,
  digestOf,
  type Hex,
  type Signer,
} from '@assay/wire';
import type { ProviderConnection } from '../domain/provider-connection.ts';
import { CREDIT } from './credit.ts';
import type { Ledger } from './ledger.ts';
import { paymentFrame } from './payment-frame.ts';
import { nextHostedAmount, payableReceipts, recordPayment } from './record-payment.ts';
import type { OfferAccount, Payment, SessionAccount } from './session-account.ts';

export interface PaymentKey {
  readonly sessionId: Hex;
  readonly offerId: Hex;
  readonly provider: Address;
}

/** Remembers which payments a provider has not acknowledged, so that they are sent again after any restart. */
export interface UnackedPayments {
  add(key: PaymentKey): Promise<void>;
  remove(key: PaymentKey): Promise<void>;
  of(provider: Address): Promise<readonly PaymentKey[]>;
}

export interface PaymentIssuer {
  /** A receipt over `charged` payment units was charged: pay it soon, together with what follows closely. */
  enqueue(key: PaymentKey, charged?: bigint): void;
  /** Puts a voucher signed by a self-custody key in force, adds the guarantee and forwards both. Returns the payment. */
  accept(key: PaymentKey, voucher: { cumulative: bigint; signature: Hex }): Promise<Payment>;
  /** The provider is back: signs what is due and sends what it has not acknowledged. */
  resume(provider: Address): Promise<void>;
  close(): Promise<void>;
}

/**
 * A voucher and its guarantee cost more than all else about a small job, so several receipts of an offer share one; few
 * enough that most of the provider's credit, see `CREDIT`, is left for its next jobs.
 */
const GATHER = { ms: 50, jobs: CREDIT.jobs / 5, value: CREDIT.value / 5n } as const;

interface Gathered {
  readonly key: PaymentKey;
  readonly jobs: number;
  readonly value: bigint;
}

/** Signs vouchers of hosted sessions and guarantees of all, off the jobs' critical path. Stored first, then sent. */
export function createPaymentIssuer(options: {
  readonly domain: Domain;
  readonly gateway: Signer;
  readonly hosted: Signer;
  readonly ledger: Ledger;
  readonly unacked: UnackedPayments;
  readonly connection: (provider: Address) => ProviderConnection | undefined;
  readonly log: Log;
}): PaymentIssuer {
  const { domain, gateway, hosted, ledger, unacked, connection, log } = options;
  const waiting = new Map<string, Gathered>();
  let timer: NodeJS.Timeout | undefined;
  let working: Promise<void> = Promise.resolve();

  function guaranteed(
    key: PaymentKey,
    offer: OfferAccount,
    voucher: { cumulative: bigint; signature: Hex },
  ): Payment {
    const { sessionId, offerId } = key;
    const receipts = payableReceipts(offer, voucher.cumulative);
    const terms = { sessionId, offerId, cumulative: voucher.cumulative, receipts };
    return { ...voucher, receipts, guarantee: gateway.sign(digestOf(domain, 'Guarantee', terms)) };
  }

  async function put(key: PaymentKey, payment: Payment): Promise<void> {
    const { sessionId, offerId } = key;
    await unacked.add(key);
    await ledger.apply(sessionId, (account, changes) =>
      recordPayment(account, changes, { offerId, ...payment }),
    );
    await send(key);
  }

  async function send(key: PaymentKey): Promise<void> {
    const account = ledger.peek(key.sessionId) ?? (await ledger.read(key.sessionId));
    const offer = account?.offers.get(key.offerId);
    if (offer?.payment === undefined) return;
    connection(key.provider)?.sendPayment(paymentFrame(key, offer, offer.payment));
  }

  async function payHosted(key: PaymentKey): Promise<void> {
    const account = ledger.peek(key.sessionId) ?? (await ledger.read(key.sessionId));
    const offer = account?.offers.get(key.offerId);
    if (!account?.hosted || offer === undefined) return;
    const cumulative = nextHostedAmount(offer);
    if (cumulative === undefined) return;
    await put(key, guaranteed(key, offer, { cumulative, signature: signVoucher(key, cumulative) }));
  }

  function signVoucher({ sessionId, offerId }: PaymentKey, cumulative: bigint): Hex {
    return hosted.sign(digestOf(domain, 'Voucher', { sessionId, offerId, cumulative }));
  }

  async function flush(): Promise<void> {
    const batch = [...waiting.values()];
    waiting.clear();
    await Promise.all(batch.map(({ key }) => pay(key)));
  }

  async function pay(key: PaymentKey): Promise<void> {
    try {
      await payHosted(key);
    } catch (error) {
      log.warn({ err: error, sessionId: key.sessionId }, 'payment waits');
      if (error instanceof AssayError && error.code === 'S403') enqueue(key);
    }
  }

  /** So that the next life of a gateway that dies before it has signed knows what to sign. */
  function remember(key: PaymentKey): void {
    if (ledger.peek(key.sessionId)?.hosted !== true) return;
    unacked
      .add(key)
      .catch((error: unknown) => log.warn({ err: error, ...key }, 'payment not remembered'));
  }

  function payWaiting(): void {
    clearTimeout(timer);
    timer = undefined;
    working = working.then(flush);
  }

  function enqueue(key: PaymentKey, charged = 0n): void {
    const name = `${key.sessionId}${key.offerId}`;
    if (!waiting.has(name)) remember(key);
    const { jobs, value } = waiting.get(name) ?? { jobs: 0, value: 0n };
    const gathered = { key, jobs: jobs + 1, value: value + charged };
    waiting.set(name, gathered);
    if (gathered.jobs >= GATHER.jobs || gathered.value >= GATHER.value) payWaiting();
    else timer ??= setTimeout(payWaiting, GATHER.ms);
  }

  async function offerOf(
    key: PaymentKey,
  ): Promise<{ account: SessionAccount; offer: OfferAccount }> {
    const account = await ledger.read(key.sessionId);
    const offer = account?.offers.get(key.offerId);
    if (account === undefined || offer === undefined)
      throw new AssayError('S404', { details: { sessionId: key.sessionId, offerId: key.offerId } });
    return { account, offer };
  }

  return {
    enqueue,
    async accept(key, voucher) {
      const { offer } = await offerOf(key);
      const { payment } = offer;
      if (payment?.cumulative === voucher.cumulative) return payment;
      const accepted = guaranteed(key, offer, voucher);
      await put(key, accepted);
      return accepted;
    },
    async resume(provider) {
      for (const key of await unacked.of(provider)) {
        await send(key);
        enqueue(key);
      }
    },
    async close() {
      clearTimeout(timer);
      await working;
      await flush();
    },
  };
}
