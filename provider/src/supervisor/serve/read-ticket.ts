import {
  type Address,
  AssayError,
  type Domain,
  digestOf,
  type FrameMeta,
  type Ticket,
} from '@assay/wire';
import type { SessionFacts } from '../../settlement/session-facts.ts';
import type { ServedOffer } from './served-offer.ts';

const NO_GATEWAY = `0x${'00'.repeat(20)}`;
const refused = (reason: string): AssayError => new AssayError('P311', { details: { reason } });

export function ticketOf({ ticket }: FrameMeta<'ticket'>): Ticket {
  return { ...ticket, maxPrice: BigInt(ticket.maxPrice), deadline: BigInt(ticket.deadline) };
}

/** Holds a ticket to itself: its id, its offer, its time. Throws P311 where it contradicts itself. */
export function checkTicket(
  meta: FrameMeta<'ticket'>,
  own: { readonly offer: ServedOffer; readonly domain: Domain },
): Ticket {
  const ticket = ticketOf(meta);
  if (digestOf(own.domain, 'Ticket', ticket) !== meta.id)
    throw refused('the id is not the ticket’s digest');
  if (ticket.offerId !== own.offer.offerId)
    throw refused('the offer is not this provider’s for the model');
  if (BigInt(meta.deadlineMs) > ticket.deadline * 1000n + 999n)
    throw refused('deadlineMs is after the ticket’s deadline');
  return ticket;
}

/** A session pinned to a gateway is served through that gateway only, and for its own key. */
export function checkSession(
  meta: FrameMeta<'ticket'>,
  session: SessionFacts,
  gateway: Address,
): void {
  if (session.state === 'NONE') return;
  if (session.gateway !== NO_GATEWAY && session.gateway !== gateway)
    throw refused('the session belongs to another gateway');
  if (session.key !== meta.key) throw refused('the session has another key');
}

/** Throws P310 for a ticket below the price. */
export function checkPrice(meta: FrameMeta<'ticket'>, offer: ServedOffer, floor: bigint): void {
  const unitPrice = BigInt(meta.unitPrice);
  if (unitPrice >= floor) return;
  throw new AssayError('P310', {
    details: { offerId: offer.offerId, unitPrice: `${unitPrice}`, livePrice: `${floor}` },
  });
}
