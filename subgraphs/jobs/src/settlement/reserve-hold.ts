import { AssayError, type EpochMs, type Hex } from '@assay/wire';
import { lesserAmount } from '../domain/lesser-amount.ts';
import type { AccountChanges } from './account-changes.ts';
import { CREDIT } from './credit.ts';
import { freeOf, type SessionAccount } from './session-account.ts';
import { unvouchered } from './unvouchered.ts';

const REMEMBERED_KEYS = 4096;

export interface Reservation {
  readonly jobId: Hex;
  readonly modelId: Hex;
  /** The dearest eligible offer's price for the whole job, and the cheapest's. */
  readonly wanted: bigint;
  readonly atLeast: bigint;
  readonly at: EpochMs;
  readonly idempotencyKey: string | undefined;
  readonly intentHash: Hex;
}

export type Reserved =
  | { readonly kind: 'held'; readonly amount: bigint }
  | { readonly kind: 'repeated'; readonly jobId: Hex };

/**
 * Sets aside what a job may cost at most. Throws I101, I107, I108, S406 or S411 and changes nothing where the
 * session cannot or may not pay for it.
 */
export function reserveHold(
  account: SessionAccount,
  changes: AccountChanges,
  asked: Reservation,
): Reserved {
  const repeated = findRepeated(account, asked);
  if (repeated !== undefined) return repeated;
  if (account.status !== 'OPEN')
    throw new AssayError('S406', { details: { status: account.status } });
  if (BigInt(asked.at) / 1000n >= account.grant.expiresAt)
    throw new AssayError('S406', { details: { expiresAt: `${account.grant.expiresAt}` } });
  requireVouchers(account);
  const limit = policyLimit(account, asked);
  const free = freeOf(account);
  if (asked.atLeast > free)
    throw new AssayError('I101', { details: { free: `${free}`, needed: `${asked.atLeast}` } });
  const amount = lesserAmount(asked.wanted, free, limit);

  account.holds.set(asked.jobId, { amount, at: asked.at, tickets: [] });
  changes.holds.add(asked.jobId);
  remember(account, changes, asked);
  return { kind: 'held', amount };
}

function findRepeated(account: SessionAccount, asked: Reservation): Reserved | undefined {
  if (asked.idempotencyKey === undefined) return undefined;
  const known = account.idempotency.get(asked.idempotencyKey);
  if (known === undefined) return undefined;
  if (known.intentHash !== asked.intentHash)
    throw new AssayError('I107', { details: { jobId: known.jobId } });
  return { kind: 'repeated', jobId: known.jobId };
}

function requireVouchers(account: SessionAccount): void {
  if (account.hosted) return;
  const { value, jobs } = unvouchered(account);
  if (value < CREDIT.value && jobs < CREDIT.jobs) return;
  throw new AssayError('S411', { details: { owed: `${value}`, jobs } });
}

/** What the payer's policy leaves for this job. Throws I108 where that is too little. */
function policyLimit(account: SessionAccount, asked: Reservation): bigint {
  const { policy } = account;
  if (policy === undefined)
    throw new AssayError('I108', {
      details: { reason: 'the policy of this session is not known here' },
      hint: 'Send the grant again with openSession; an open session costs nothing to repeat.',
    });
  if (policy.models.length > 0 && !policy.models.includes(asked.modelId))
    throw new AssayError('I108', { details: { limit: 'models', modelId: asked.modelId } });
  if (asked.atLeast > policy.maxPerJob)
    throw new AssayError('I108', {
      details: { limit: 'maxPerJob', allowed: `${policy.maxPerJob}`, needed: `${asked.atLeast}` },
    });
  const left = policy.maxPerPeriod - spentInPeriod(account, asked.at);
  if (asked.atLeast > left)
    throw new AssayError('I108', {
      details: { limit: 'maxPerPeriod', left: `${left}`, needed: `${asked.atLeast}` },
    });
  return lesserAmount(left, policy.maxPerJob);
}

function spentInPeriod(account: SessionAccount, at: EpochMs): bigint {
  const lasts = (account.policy?.periodSeconds ?? 0) * 1000;
  if (at >= account.period.startedAt + lasts) account.period = { startedAt: at, spent: 0n };
  let running = account.period.spent;
  for (const hold of account.holds.values()) running += hold.amount;
  return running;
}

function remember(account: SessionAccount, changes: AccountChanges, asked: Reservation): void {
  if (asked.idempotencyKey === undefined) return;
  const { jobId, intentHash } = asked;
  account.idempotency.set(asked.idempotencyKey, { jobId, intentHash });
  changes.idempotency.add(asked.idempotencyKey);
  if (account.idempotency.size <= REMEMBERED_KEYS) return;
  for (const oldest of account.idempotency.keys()) {
    account.idempotency.delete(oldest);
    changes.idempotency.add(oldest);
    return;
  }
}
