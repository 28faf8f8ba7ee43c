import type { EpochMs, Hex } from '@assay/wire';
import type { StatementLine } from '../settlement/account-changes.ts';

export interface StatementReader {
  /** Lines of a time range, oldest first, with a cursor each. */
  lines(sessionId: Hex, from: EpochMs, to: EpochMs): Promise<readonly StatementEntry[]>;
  /** What was unspent just before a moment. */
  balanceBefore(sessionId: Hex, at: EpochMs): Promise<bigint>;
}

export interface StatementEntry {
  readonly cursor: string;
  readonly line: StatementLine;
}
