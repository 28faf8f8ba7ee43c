import type { EpochMs, Grant, Hex, Policy } from '@assay/wire';
import type { SessionAccount } from './session-account.ts';

/** The account of a session before its deposit is counted. */
export function newAccount(session: {
  readonly sessionId: Hex;
  readonly grant: Grant;
  readonly policy: Policy | undefined;
  readonly hosted: boolean;
  readonly at: EpochMs;
}): SessionAccount {
  const { at, ...fields } = session;
  return {
    ...fields,
    status: 'OPENING',
    deposit: 0n,
    spent: 0n,
    period: { startedAt: at, spent: 0n },
    holds: new Map(),
    offers: new Map(),
    idempotency: new Map(),
  };
}
