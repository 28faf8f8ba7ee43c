import type { EpochMs, Grant, Hex, Policy } from '@assay/wire';

export const SESSION_STATUSES = ['OPENING', 'OPEN', 'CLOSING', 'CLOSED'] as const;
export type SessionStatus = (typeof SESSION_STATUSES)[number];

/** What a running job may still cost, and which of its tickets were charged already. */
export interface Hold {
  amount: bigint;
  readonly at: EpochMs;
  readonly tickets: Hex[];
}

/** One receipt and what its offer is owed in all after it. */
export interface ChainedReceipt {
  readonly digest: Hex;
  readonly cumulative: bigint;
}

/** A voucher with its guarantee. `receipts` is the head of the chain over everything it pays. */
export interface Payment {
  readonly cumulative: bigint;
  readonly signature: Hex;
  readonly guarantee: Hex;
  readonly receipts: Hex;
}

/** What a session owes one offer. `due` waits for a voucher; `unacked` is paid, but not yet on the provider's disk. */
export interface OfferAccount {
  owed: bigint;
  due: ChainedReceipt[];
  unacked: ChainedReceipt[];
  payment: Payment | undefined;
  /** Since when something is due. */
  dueSince: EpochMs | undefined;
}

export interface RememberedKey {
  readonly jobId: Hex;
  readonly intentHash: Hex;
}

/**
 * A session's ledger. Always: deposit = spent + held + free with free >= 0, and spent = the sum of what its offers
 * are owed. Only the operations beside this file change it.
 */
export interface SessionAccount {
  readonly sessionId: Hex;
  readonly grant: Grant;
  /** Undefined after a rebuild from the chain, which knows its hash only. */
  policy: Policy | undefined;
  /** The gateway holds the session's key and signs its vouchers. */
  readonly hosted: boolean;
  status: SessionStatus;
  deposit: bigint;
  spent: bigint;
  period: { startedAt: EpochMs; spent: bigint };
  readonly holds: Map<Hex, Hold>;
  readonly offers: Map<Hex, OfferAccount>;
  readonly idempotency: Map<string, RememberedKey>;
}

export function heldOf(account: SessionAccount): bigint {
  let held = 0n;
  for (const hold of account.holds.values()) held += hold.amount;
  return held;
}

export function freeOf(account: SessionAccount): bigint {
  return account.deposit - account.spent - heldOf(account);
}

export function emptyOffer(): OfferAccount {
  return { owed: 0n, due: [], unacked: [], payment: undefined, dueSince: undefined };
}
