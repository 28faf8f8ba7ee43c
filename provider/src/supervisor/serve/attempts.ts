import type { Address, Hex } from '@assay/wire';
import type { Attempt } from './attempt.ts';

/** Value and number of attempts that are admitted and have no receipt: those under way, and those stopped for nothing. */
export interface Reserved {
  readonly value: bigint;
  readonly jobs: number;
}

/** Attempts under way and unacknowledged. A gateway sees its own only. */
export interface Attempts {
  get(gateway: Address, ticket: Hex): Attempt | undefined;
  /** Whoever's it is. */
  has(ticket: Hex): boolean;
  add(attempt: Attempt): void;
  /** Nothing was promised before; from now on `value` may be owed. */
  admit(attempt: Attempt, value: bigint): void;
  stated(attempt: Attempt): void;
  remove(attempt: Attempt): void;
  /** By its gateway's doing it ended without a receipt when output worth `value` had left: a risk like work without a voucher, for as long. */
  stoppedAfterOutput(attempt: Attempt, value: bigint): void;
  readonly size: number;
  /** Those without a receipt. */
  readonly running: number;
  of(gateway: Address): Attempt[];
  all(): Attempt[];
  /** How many a gateway has, and what they hold in memory. */
  loadOf(gateway: Address): { readonly attempts: number; readonly bytes: number };
  reservedBy(sessionId: Hex): Reserved;
  reservedFor(gateway: Address): Reserved;
  /** Resolves when nothing runs any more. */
  idle(): Promise<void>;
  /** Lets go of what was stated long ago and never acknowledged: the receipt itself is on the disk. */
  forget(before: number): void;
}

interface Loss {
  readonly sessionId: Hex;
  readonly gateway: Address;
  readonly value: bigint;
  readonly at: number;
}

/** @param lossMs how long stopped attempts count. */
export function createAttempts(lossMs: number): Attempts {
  let losses: Loss[] = [];
  const byTicket = new Map<Hex, Attempt>();
  const byGateway = new Map<Address, Set<Attempt>>();
  const running = new Set<Attempt>();
  const waiting: (() => void)[] = [];
  const of = (gateway: Address): Attempt[] => [...(byGateway.get(gateway) ?? [])];
  const settle = (attempt: Attempt): void => {
    running.delete(attempt);
    clearTimeout(attempt.patience);
    if (running.size === 0) for (const resume of waiting.splice(0)) resume();
  };
  const lossesWhere = (which: (loss: Loss) => boolean): Loss[] => {
    const since = Date.now() - lossMs;
    if ((losses[0]?.at ?? since) < since) losses = losses.filter(({ at }) => at >= since);
    return losses.filter(which);
  };
  const remove = (attempt: Attempt): void => {
    byTicket.delete(attempt.ticketId);
    byGateway.get(attempt.gateway)?.delete(attempt);
    settle(attempt);
  };
  return {
    get(gateway, ticket) {
      const attempt = byTicket.get(ticket);
      return attempt?.gateway === gateway ? attempt : undefined;
    },
    has: (ticket) => byTicket.has(ticket),
    add(attempt) {
      byTicket.set(attempt.ticketId, attempt);
      byGateway.set(attempt.gateway, (byGateway.get(attempt.gateway) ?? new Set()).add(attempt));
      running.add(attempt);
    },
    admit(attempt, value) {
      attempt.state = 'running';
      attempt.reserved = value;
    },
    stated(attempt) {
      attempt.state = 'stated';
      settle(attempt);
    },
    remove,
    stoppedAfterOutput({ gateway, ticket: { sessionId } }, value) {
      losses.push({ sessionId, gateway, value, at: Date.now() });
    },
    forget(before) {
      for (const attempt of byTicket.values())
        if (attempt.state === 'stated' && attempt.acceptedAt < before) remove(attempt);
    },
    get size() {
      return byTicket.size;
    },
    get running() {
      return running.size;
    },
    of,
    all: () => [...byTicket.values()],
    loadOf(gateway) {
      const own = of(gateway);
      return { attempts: own.length, bytes: own.reduce((sum, one) => sum + held(one), 0) };
    },
    reservedBy: (sessionId) =>
      sum(
        [...running].filter(({ ticket }) => ticket.sessionId === sessionId),
        lossesWhere((loss) => loss.sessionId === sessionId),
      ),
    reservedFor: (gateway) =>
      sum(
        of(gateway),
        lossesWhere((loss) => loss.gateway === gateway),
      ),
    idle: () =>
      running.size === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve)),
  };
}

const held = ({ state, inputBytes, outbox }: Attempt): number =>
  outbox.bytes + (state === 'stated' ? 0 : inputBytes);

function sum(attempts: readonly Attempt[], losses: readonly Loss[]): Reserved {
  const values = [
    ...attempts.filter(({ state }) => state === 'running').map(({ reserved }) => reserved),
    ...losses.map(({ value }) => value),
  ];
  return { value: values.reduce((total, value) => total + value, 0n), jobs: values.length };
}
