import { AssayError, type Domain, encodeFrame, type FrameMeta, type Hex } from '@assay/wire';
import type { Logger } from 'pino';
import type { MarketplaceLink } from '../link/marketplace-link.ts';
import type { Ledger } from './ledger.ts';
import type { SessionReader } from './session-facts.ts';
import { verifyPayment } from './verify-payment.ts';

type Payment = FrameMeta<'payment'>;

interface Waiting {
  readonly payment: Payment;
  readonly link: MarketplaceLink;
}

export interface PaymentDeskOptions {
  readonly domain: Domain;
  readonly sessions: SessionReader;
  readonly ledger: Ledger;
  /** The model an offer is for; undefined for an offer that is not ours. */
  readonly modelOf: (offerId: Hex) => Hex | undefined;
  readonly onStored: (payment: Payment) => void;
  readonly onRefused: (error: AssayError) => void;
  readonly log: Logger;
}

/**
 * Takes payments in. Vouchers are cumulative, so of those that wait for a session and offer the highest counts, and a lower
 * one only where the higher turns out to be forged: signatures are verified one at a time between other events, never in a burst.
 */
export interface PaymentDesk {
  take(payment: Payment, link: MarketplaceLink): void;
  idle(): Promise<void>;
}

const MAX_WAITING = 10_000;
/** Of one session and offer; the lowest goes. */
const MAX_OF_ONE = 4;
const NO_GATEWAY = `0x${'00'.repeat(20)}`;

export function createPaymentDesk(options: PaymentDeskOptions): PaymentDesk {
  const { domain, sessions, ledger, log } = options;
  const waiting = new Map<string, readonly Waiting[]>();
  let working: Promise<void> | undefined;

  async function work(): Promise<void> {
    for (let next = first(); next; next = first()) await acceptHighest(next);
    working = undefined;
  }

  async function acceptHighest(candidates: readonly Waiting[]): Promise<void> {
    let accepted = false;
    for (const candidate of candidates) {
      if (accepted) return;
      accepted = await accept(candidate).then(
        () => true,
        (error: unknown) => report(error, candidate.payment),
      );
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  function first(): readonly Waiting[] | undefined {
    const [entry] = waiting;
    if (entry === undefined) return undefined;
    waiting.delete(entry[0]);
    return entry[1];
  }

  async function accept({ payment, link }: Waiting): Promise<void> {
    const { sessionId, offerId } = payment;
    const modelId = options.modelOf(offerId);
    if (modelId === undefined || link.gateway === undefined)
      throw new AssayError('P311', {
        details: { reason: 'a payment for an offer that is not this provider’s', offerId },
      });
    const held = ledger.held(sessionId, offerId);
    if (held === undefined || BigInt(payment.cumulative) > held.cumulative) {
      const session = await sessions.read(sessionId);
      if (session.gateway !== NO_GATEWAY && session.gateway !== link.gateway)
        throw new AssayError('P311', {
          details: { reason: 'a payment of another gateway’s session', sessionId },
        });
      const { continues } = verifyPayment(payment, session, { domain, held });
      if (!continues)
        log.warn(
          { sessionId, offerId },
          'the guarantee’s receipts do not continue the last payment’s',
        );
      await ledger.keep(payment, { gateway: link.gateway, modelId });
      options.onStored(payment);
    }
    const cumulative = ledger.held(sessionId, offerId)?.cumulative ?? 0n;
    link.send(encodeFrame('paymentAck', { sessionId, offerId, cumulative: cumulative.toString() }));
  }

  function report(error: unknown, payment: Payment): false {
    const fault = error instanceof AssayError ? error : new AssayError('P300', { cause: error });
    log.warn(
      {
        code: fault.code,
        details: fault.details,
        cause: fault.cause,
        sessionId: payment.sessionId,
      },
      'payment refused',
    );
    options.onRefused(fault);
    return false;
  }

  return {
    take(payment, link) {
      const key = `${payment.sessionId}${payment.offerId}`;
      const older = waiting.get(key) ?? [];
      if (waiting.size >= MAX_WAITING && older.length === 0) return; // not acknowledged: the gateway sends it again
      waiting.delete(key);
      waiting.set(key, [...older, { link, payment }].toSorted(highestFirst).slice(0, MAX_OF_ONE));
      working ??= work();
    },
    idle: async () => working,
  };
}

/** The highest payment's digests continue what was acknowledged last, so they include those of the lower ones. */
function highestFirst(a: Waiting, b: Waiting): number {
  const [left, right] = [BigInt(a.payment.cumulative), BigInt(b.payment.cumulative)];
  return left > right ? -1 : left < right ? 1 : 0;
}
