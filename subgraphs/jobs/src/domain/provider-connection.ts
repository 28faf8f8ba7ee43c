import type { Address, FrameMeta, Hex, LiveOffer, ProviderLive } from '@assay/wire';

export type TicketMeta = FrameMeta<'ticket'>;
export type PaymentMeta = FrameMeta<'payment'>;

/** A provider on the other end of a link, as the market sees it. */
export interface ProviderConnection {
  readonly provider: Address;
  /** Who signs this provider's receipts. */
  readonly receiptKey: Address;
  /** The latest heartbeat; replaced whole. Offers it may not make are left out. */
  readonly live: ProviderLive;
  /** Sends one attempt. False: the link is full or closing, and nothing was sent. */
  sendTicket(meta: TicketMeta, body: readonly Uint8Array[]): boolean;
  sendCancel(cancel: FrameMeta<'cancel'>): void;
  sendPayment(payment: PaymentMeta): void;
  acknowledgeReceipt(ticket: Hex): void;
  /** Stops reading until `resume`: back-pressure for a provider that produces faster than events are stored. */
  pause(): void;
  resume(): void;
  /** Closes for a breach of the protocol. */
  reject(reason: string): void;
}

/** What arrives over links. Every frame was validated; unknown tickets are the receiver's business. */
export interface ConnectionEvents {
  connected(connection: ProviderConnection): void;
  heartbeat(connection: ProviderConnection): void;
  /** `mayReturn`: the socket broke or gave way to a newer one; nobody said goodbye. */
  lost(connection: ProviderConnection, reason: string, mayReturn: boolean): void;
  started(connection: ProviderConnection, meta: FrameMeta<'started'>): void;
  chunk(connection: ProviderConnection, meta: FrameMeta<'chunk'>, body: Uint8Array): void;
  receipt(connection: ProviderConnection, meta: FrameMeta<'receipt'>): void;
  refusal(connection: ProviderConnection, meta: FrameMeta<'refusal'>): void;
  paymentAck(connection: ProviderConnection, meta: FrameMeta<'paymentAck'>): void;
  holdings(connection: ProviderConnection, meta: FrameMeta<'holdings'>): void;
}

export type OfferCheck = (provider: Address, offer: LiveOffer) => boolean;
