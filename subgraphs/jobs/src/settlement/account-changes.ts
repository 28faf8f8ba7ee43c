import type { EpochMs, Hex } from '@assay/wire';

export type LineKind = 'DEPOSIT' | 'TOP_UP' | 'JOB' | 'REFUND' | 'WITHDRAWAL';

/** One line of a session's statement. `balance` is what was unspent after it. */
export interface StatementLine {
  readonly at: EpochMs;
  readonly kind: LineKind;
  readonly amount: bigint;
  readonly balance: bigint;
  readonly jobId?: Hex;
  readonly offerId?: Hex;
  readonly units?: bigint;
  readonly transaction?: Hex;
}

/** What an operation touched, so that only that is written. The session's own fields are always written. */
export interface AccountChanges {
  readonly offers: Set<Hex>;
  readonly holds: Set<Hex>;
  readonly idempotency: Set<string>;
  readonly lines: StatementLine[];
  /** The account is all there is: what is stored of it and not named here goes. */
  readonly whole: boolean;
}

export function noChanges(): AccountChanges {
  return { offers: new Set(), holds: new Set(), idempotency: new Set(), lines: [], whole: false };
}
