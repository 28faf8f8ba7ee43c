import type { Address, FrameMeta, Hex, Ticket } from '@assay/wire';
import type { Outbox } from './outbox.ts';
import type { ServedOffer } from './served-offer.ts';

/** One ticket of one gateway, from its arrival to the acknowledged receipt. */
export interface Attempt {
  readonly ticketId: Hex;
  readonly ticket: Ticket;
  readonly gateway: Address;
  readonly offer: ServedOffer;
  readonly meta: FrameMeta<'ticket'>;
  readonly outbox: Outbox;
  /** What its input takes in memory until there is a receipt. */
  readonly inputBytes: number;
  /** Nobody waits for it any more: it ends without a receipt. */
  readonly stop: AbortController;
  /** The client has enough: what was generated so far is the output, and gets the receipt. */
  readonly curtail: AbortController;
  readonly acceptedAt: number;
  /** Most that it may cost: counted against the session's credit from admission until the receipt is stored. */
  reserved: bigint;
  /** It was too slow after a cancel: that it ends without a receipt is not its gateway's doing. */
  overdue: boolean;
  /** Runs out when it has been too slow after a cancel. */
  patience: NodeJS.Timeout | undefined;
  /** Output was put into its gateway's blob store: whether and when that is taken is the gateway's doing. */
  atStore: boolean;
  /** This machine could not store what a receipt needs: that there is none is not its gateway's doing. */
  diskFailed: boolean;
  /** Units that have left in chunks: worth as much to their reader as if there were a receipt. */
  released: number;
  /**
   * admitting: nothing is promised yet; running: admitted, no receipt yet; stated: the receipt is on disk and sent until
   * acknowledged.
   */
  state: 'admitting' | 'running' | 'stated';
}
