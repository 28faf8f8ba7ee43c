import type { EpochMs, Hex } from '@assay/wire';
import type { AccountChanges } from './account-changes.ts';
import type { SessionAccount, SessionStatus } from './session-account.ts';

/** Raises the deposit to what the chain says was paid in. A lower figure is old news and changes nothing. */
export function raiseDeposit(
  account: SessionAccount,
  changes: AccountChanges,
  raised: { readonly total: bigint; readonly at: EpochMs; readonly transaction?: Hex },
): void {
  const amount = raised.total - account.deposit;
  if (amount <= 0n) return;
  const kind = account.deposit === 0n ? 'DEPOSIT' : 'TOP_UP';
  account.deposit = raised.total;
  const transaction = raised.transaction === undefined ? {} : { transaction: raised.transaction };
  const balance = account.deposit - account.spent;
  changes.lines.push({ at: raised.at, kind, amount, balance, ...transaction });
}

const ORDER: readonly SessionStatus[] = ['OPENING', 'OPEN', 'CLOSING', 'CLOSED'];

/** A session only ever moves on: a late report of an earlier status changes nothing. */
export function advanceStatus(account: SessionAccount, status: SessionStatus): void {
  if (ORDER.indexOf(status) > ORDER.indexOf(account.status)) account.status = status;
}
