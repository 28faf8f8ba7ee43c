import type { Address, FrameMeta, Hex, Ticket } from '@assay/wire';
import type { Outbox } from './outbox.ts';
import type { ServedOffer } from './served-offer.ts';

/** One ticket this provider took on, from admission to the acknowledged receipt. */
export interface Attempt {
  readonly ticketId: Hex;
  readonly ticket: Ticket;
  readonly gateway: Address;
  readonly offer: ServedOffer;
  readonly meta: FrameMeta<'ticket'>;
  readonly outbox: Outbox;
  /** Most that it may cost: counted against the session's credit until the receipt is stored. */
  readonly reserved: bigint;
  /** Nobody waits for it any more: it ends without a receipt. */
  readonly stop: AbortController;
  /** The client has enough: what was generated so far is the output, and gets the receipt. */
  readonly curtail: AbortController;
  readonly acceptedAt: number;
  /** running: no receipt yet; stated: the receipt is on disk and sent until acknowledged. */
  state: 'running' | 'stated';
}

/** Attempts under way and unacknowledged, by ticket and by session. */
export interface Attempts {
  get(ticket: Hex): Attempt | undefined;
  add(attempt: Attempt): void;
  remove(ticket: Hex): void;
  readonly size: number;
  readonly running: number;
  readonly bufferedBytes: number;
  of(gateway: Address): Attempt[];
  all(): Attempt[];
  /** Value and number of a session's attempts that have no receipt yet. */
  reservedBy(sessionId: Hex): { readonly value: bigint; readonly jobs: number };
  /** Resolves when nothing runs any more. */
  idle(): Promise<void>;
  stated(attempt: Attempt): void;
  /** Lets go of what was stated long ago and never acknowledged: the receipt itself is on the disk. */
  forget(before: number): void;
}

export function createAttempts(): Attempts {
  const attempts = new Map<Hex, Attempt>();
  const running = new Set<Attempt>();
  const waiting: (() => void)[] = [];
  const settle = (attempt: Attempt): void => {
    running.delete(attempt);
    if (running.size === 0) for (const resume of waiting.splice(0)) resume();
  };
  return {
    get: (ticket) => attempts.get(ticket),
    add(attempt) {
      attempts.set(attempt.ticketId, attempt);
      running.add(attempt);
    },
    remove(ticket) {
      const attempt = attempts.get(ticket);
      attempts.delete(ticket);
      if (attempt) settle(attempt);
    },
    stated(attempt) {
      attempt.state = 'stated';
      settle(attempt);
    },
    forget(before) {
      for (const { ticketId, state, acceptedAt } of attempts.values())
        if (state === 'stated' && acceptedAt < before) attempts.delete(ticketId);
    },
    get size() {
      return attempts.size;
    },
    get running() {
      return running.size;
    },
    get bufferedBytes() {
      return attempts.values().reduce((sum, { outbox }) => sum + outbox.bytes, 0);
    },
    of: (gateway) => [...attempts.values()].filter((attempt) => attempt.gateway === gateway),
    all: () => [...attempts.values()],
    reservedBy(sessionId) {
      const own = [...running].filter(({ ticket }) => ticket.sessionId === sessionId);
      return { value: own.reduce((sum, { reserved }) => sum + reserved, 0n), jobs: own.length };
    },
    idle: () =>
      running.size === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve)),
  };
}
