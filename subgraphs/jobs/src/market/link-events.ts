import type { Log } from '@assay/kit';
import {
  type Address,
  type Domain,
  digestOf,
  type FrameMeta,
  type Hex,
  isErrorCode,
  isSignedBy,
  keccak256,
} from '@assay/wire';
import type { Attempt } from '../dispatch/attempt.ts';
import type { ConnectionEvents, ProviderConnection } from '../domain/provider-connection.ts';
import type { Router } from '../routing/router.ts';
import type { Ledger } from '../settlement/ledger.ts';
import type { PaymentIssuer, UnackedPayments } from '../settlement/payment-issuer.ts';
import { acknowledgePayment } from '../settlement/record-payment.ts';

export interface LinkEventsOptions {
  readonly domain: Domain;
  readonly attempts: ReadonlyMap<Hex, Attempt>;
  readonly router: Router;
  readonly ledger: Ledger;
  readonly payments: PaymentIssuer;
  readonly unacked: UnackedPayments;
  readonly publish: (connection: ProviderConnection) => void;
  readonly unpublish: (provider: Address) => void;
  readonly restore: (meta: FrameMeta<'holdings'>) => Promise<void>;
  readonly log: Log;
}

/** Refusals that say "not now": the job goes elsewhere, and nobody's score suffers. */
const LOAD_SHED = new Set(['P301', 'P305', 'P306', 'P308']);

/** What the market does with each frame of a provider. */
export function createLinkEvents(options: LinkEventsOptions): ConnectionEvents {
  const { attempts, router, ledger, payments, unacked, log } = options;

  /** An attempt's frames count only on the link of its own provider. */
  const attemptOf = (connection: ProviderConnection, ticket: Hex): Attempt | undefined => {
    const attempt = attempts.get(ticket);
    return attempt?.connection.provider === connection.provider ? attempt : undefined;
  };

  function receipt(connection: ProviderConnection, meta: FrameMeta<'receipt'>): void {
    const attempt = attemptOf(connection, meta.ticket);
    if (attempt !== undefined) {
      attempt.finish({ kind: 'receipt', meta });
      return;
    }
    log.info({ ticket: meta.ticket, provider: connection.provider }, 'receipt came too late');
    connection.acknowledgeReceipt(meta.ticket);
  }

  function refusal(connection: ProviderConnection, meta: FrameMeta<'refusal'>): void {
    const attempt = attemptOf(connection, meta.ticket);
    if (attempt === undefined) return;
    const code = keccak256(Buffer.from(meta.code, 'utf8'));
    const terms = { ticket: meta.ticket, code, time: BigInt(meta.time) };
    const digest = digestOf(options.domain, 'Refusal', terms);
    if (!isErrorCode(meta.code) || !isSignedBy(connection.receiptKey, digest, meta.signature)) {
      connection.reject('a refusal without a valid signature');
      return;
    }
    const { code: reason, message, retryAfterMs } = meta;
    const shed = LOAD_SHED.has(reason) && attempt.delivered.chunks === 0;
    attempt.finish({
      kind: 'failed',
      code: reason,
      message,
      outcome: shed ? 'refused' : 'failed',
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  }

  async function acknowledged(provider: Address, meta: FrameMeta<'paymentAck'>): Promise<void> {
    const { sessionId, offerId } = meta;
    const cumulative = BigInt(meta.cumulative);
    const settled = await ledger.later(sessionId, (account, changes) => {
      acknowledgePayment(account, changes, { offerId, cumulative });
      const offer = account.offers.get(offerId);
      return offer === undefined || (offer.unacked.length === 0 && offer.due.length === 0);
    });
    const key = { provider, sessionId, offerId };
    if (settled) await unacked.remove(key);
    else payments.enqueue(key);
  }

  return {
    connected(connection) {
      router.update(connection.live);
      options.publish(connection);
      for (const attempt of attempts.values())
        if (attempt.connection.provider === connection.provider) attempt.resume(connection);
    },
    heartbeat(connection) {
      router.update(connection.live);
      options.publish(connection);
    },
    lost(connection, reason, mayReturn) {
      router.remove(connection.provider);
      options.unpublish(connection.provider);
      for (const attempt of attempts.values()) {
        if (attempt.connection !== connection) continue;
        if (mayReturn) attempt.link.cut(reason);
        else attempt.finish({ kind: 'failed', code: 'P307', outcome: 'lost', message: reason });
      }
    },
    started(connection, { ticket, inFlight }) {
      attemptOf(connection, ticket)?.started();
      if (inFlight !== undefined) router.updateLoad(connection.provider, inFlight);
    },
    chunk: (connection, meta, body) => attemptOf(connection, meta.ticket)?.chunk(meta, body),
    receipt,
    refusal,
    paymentAck(connection, meta) {
      acknowledged(connection.provider, meta).catch((error: unknown) =>
        log.warn({ err: error }, 'payment acknowledgement not stored'),
      );
    },
    holdings(connection, meta) {
      options
        .restore(meta)
        .then(() => (meta.more ? undefined : payments.resume(connection.provider)))
        .catch((error: unknown) => log.warn({ err: error }, 'holdings not restored'));
    },
  };
}
