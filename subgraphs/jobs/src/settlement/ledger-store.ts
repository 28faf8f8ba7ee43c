import type { Hex } from '@assay/wire';
import type { AccountChanges } from './account-changes.ts';
import type { SessionAccount } from './session-account.ts';

export interface VersionedAccount {
  /** 0: not stored yet. */
  readonly version: number;
  readonly account: SessionAccount;
}

/** Where session accounts are kept. */
export interface LedgerStore {
  load(sessionId: Hex): Promise<VersionedAccount | undefined>;
  /** Writes the changes and the version `next`, if the stored version is still `expected`; else writes nothing and answers false. */
  commit(
    account: SessionAccount,
    changes: AccountChanges,
    versions: { readonly expected: number; readonly next: number },
  ): Promise<boolean>;
  /** The stored version, to see whether a copy in memory is still the latest. */
  version(sessionId: Hex): Promise<number>;
}
