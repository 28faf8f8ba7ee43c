import {
  type Address,
  type AssayError,
  type Domain,
  encodeFrame,
  type Frame,
  type Hex,
  type LiveOffer,
  type Signer,
} from '@assay/wire';
import type { Logger } from 'pino';
import type { UnitEnergy } from '../energy/unit-energy.ts';
import { type LinkHandlers, type MarketplaceLink, openLink } from '../link/marketplace-link.ts';
import type { LoadedConfig } from '../load-config.ts';
import type { ReceiptStore } from '../receipt/receipt-store.ts';
import { holdingsFrames } from '../settlement/holdings.ts';
import type { Ledger } from '../settlement/ledger.ts';
import type { PaymentDesk } from '../settlement/payment-desk.ts';
import { createGatewayClaims } from './gateway-claims.ts';
import type { Attempts } from './serve/attempts.ts';
import type { PriceBoard } from './serve/price-board.ts';
import { asFault, refusalFrame } from './serve/refusal.ts';
import { createSendQueue, type SendQueue } from './serve/send-queue.ts';
import type { ServedOffer } from './serve/served-offer.ts';
import type { TicketDesk } from './serve/ticket-desk.ts';
import type { SlotPool } from './slots/slot-types.ts';

const RESENT_RECEIPTS = 1_000;
/** Gateways keep outputs this long; afterwards nobody asks for the chunks again. */
const FORGET_MS = 10 * 60_000;
const SOFTWARE = 'assay-provider/0.1.0';

export interface MarketplacesOptions {
  readonly config: Pick<LoadedConfig, 'marketplaces' | 'registration' | 'hardware' | 'slots'>;
  readonly provider: Address;
  readonly signer: Signer;
  readonly domain: Domain;
  readonly offers: ReadonlyMap<Hex, ServedOffer>;
  readonly pool: SlotPool;
  readonly prices: PriceBoard;
  readonly attempts: Attempts;
  readonly receipts: ReceiptStore;
  readonly ledger: Ledger;
  readonly tickets: TicketDesk;
  readonly payments: PaymentDesk;
  readonly draining: () => boolean;
  readonly energy: UnitEnergy;
  readonly log: Logger;
}

interface Greeted {
  readonly link: MarketplaceLink;
  readonly greeting: SendQueue;
}

/** Opens a link to every marketplace of the config and hands its frames to the desks. */
export function connectMarketplaces(options: MarketplacesOptions): MarketplaceLink[] {
  const { config, provider, signer, domain, pool, attempts, receipts, log } = options;
  const capacity = config.slots.count;

  function liveOffers(): LiveOffer[] {
    const stats = pool.stats();
    const load = (stats.busy + stats.queued) / Math.max(1, stats.slots) / 2;
    const now = Date.now();
    return [...options.offers.values()].map((offer) => ({
      offerId: offer.offerId,
      modelId: offer.modelId,
      execClass: offer.execClass,
      livePrice: options.prices.announce(offer, load, now).toString(),
      msPerUnit: offer.msPerUnit,
    }));
  }

  const energy = () => options.energy.describe(options.offers.keys());

  const claims = createGatewayClaims(config.marketplaces);
  /** What a link is told after its welcome, as far as it has room. */
  const greetings = new Map<MarketplaceLink, SendQueue>();

  const handlers: LinkHandlers = {
    onFrame(frame, link) {
      dispatch(frame, link);
    },
    onWelcome({ knownTickets }, link) {
      const gateway = link.gateway as Address;
      claims.claim(gateway, link.url);
      const greeting = createSendQueue(link);
      greetings.set(link, greeting);
      for (const frame of holdingsFrames(options.ledger.holdings(gateway))) greeting.push(frame);
      resume(gateway, new Set(knownTickets), { link, greeting });
    },
    onDown: () => undefined, // attempts run on: the gateway may be back before they end
    onRoom(link) {
      greetings.get(link)?.flush();
      for (const attempt of attempts.of(link.gateway as Address)) attempt.outbox.flush();
    },
  };

  function dispatch(frame: Frame, link: MarketplaceLink): void {
    switch (frame.name) {
      case 'ticket':
        options.tickets
          .take(frame.meta, frame.body, link)
          .catch((error: unknown) =>
            log.error({ error: asFault(error), cause: error }, 'ticket desk failed'),
          );
        break;
      case 'cancel':
        options.tickets.cancel(link.gateway as Address, frame.meta.ticket, frame.meta);
        break;
      case 'payment':
        options.payments.take(frame.meta, link);
        break;
      case 'receiptAck':
        options.tickets
          .acknowledge(link.gateway as Address, frame.meta.ticket)
          .catch((error: AssayError) => log.error({ error }, 'acknowledgement not stored'));
        break;
      default:
        log.warn(
          { frame: frame.name, url: link.url },
          'a frame that gateways do not send was ignored',
        );
    }
  }

  /** After a reconnect: everything unfinished is said again, and tickets nobody knows any more are given back. */
  function resume(gateway: Address, known: ReadonlySet<Hex>, to: Greeted): void {
    const spoken = new Set<Hex>();
    for (const attempt of attempts.of(gateway)) {
      spoken.add(attempt.ticketId);
      if (known.has(attempt.ticketId) || attempt.state === 'stated')
        attempt.outbox.restart(to.link);
      else
        options.tickets.cancel(gateway, attempt.ticketId, {
          reason: 'the gateway does not wait for it any more',
          partial: false,
        });
    }
    const unacknowledged = receipts
      .unacknowledged(gateway, RESENT_RECEIPTS)
      .map(({ frame }) => frame);
    for (const frame of unacknowledged) {
      if (spoken.has(frame.ticket)) continue;
      spoken.add(frame.ticket);
      to.greeting.push(encodeFrame('receipt', frame));
    }
    // What the gateway gave up in the meantime went to another provider: not owed, but still a risk for a while.
    const givenUp = unacknowledged
      .map(({ ticket }) => ticket)
      .filter((ticket) => !known.has(ticket));
    if (givenUp.length > 0)
      options.ledger
        .forgive(givenUp)
        .catch((error: unknown) => log.error({ error }, 'write-off not stored'));
    for (const ticket of known) if (!spoken.has(ticket)) answerForLost(gateway, ticket, to);
  }

  function answerForLost(gateway: Address, ticket: Hex, { link, greeting }: Greeted): void {
    const stored = receipts.find(ticket);
    if (stored ? stored.gateway !== gateway : attempts.has(ticket))
      log.warn({ ticket, url: link.url }, 'a ticket of another gateway was ignored');
    else if (stored) greeting.push(encodeFrame('receipt', stored.frame));
    else
      greeting.push(
        refusalFrame(
          ticket,
          asFault(new Error('lost in a restart')),
          { domain, signer },
          Date.now(),
        ),
      );
  }

  return config.marketplaces.map(({ url, gateway }) =>
    openLink({
      url,
      gateway,
      provider,
      signer,
      domain,
      handlers,
      log,
      hello: () => ({
        capacity,
        software: SOFTWARE,
        region: config.registration.region,
        ...(config.hardware !== undefined && { hardware: config.hardware }),
        energy: energy(),
        offers: liveOffers(),
      }),
      heartbeat: () => {
        attempts.forget(Date.now() - FORGET_MS);
        return {
          status: options.draining() ? 'draining' : 'ready',
          inFlight: attempts.running,
          queued: pool.stats().queued,
          capacity,
          offers: liveOffers(),
          energy: energy(),
        };
      },
    }),
  );
}
