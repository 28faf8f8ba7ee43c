import { AssayError } from '@assay/wire';
import type { SessionBalance } from './ledger.ts';
import type { SessionFacts } from './session-facts.ts';

export interface CreditLimits {
  readonly maxUnvouchered: bigint;
  readonly maxUnvoucheredJobs: number;
  readonly maxUnclaimedPerGateway: bigint;
}

export interface CreditQuestion {
  readonly session: SessionFacts;
  /** Epoch ms from which the payer may take the rest of the session back; undefined where nobody could say. */
  readonly endsAt: number | undefined;
  /** Epoch ms by which a voucher for this job is claimed at the latest. */
  readonly claimableAt: number;
  readonly owed: SessionBalance;
  /** Most that the jobs under way may cost, and how many they are. */
  readonly reserved: { readonly value: bigint; readonly jobs: number };
  /** Most that this job may cost. */
  readonly price: bigint;
  /** What the gateway could cost already, over all its sessions: vouched but not claimed, done without a voucher, under way. */
  readonly exposure: bigint;
  readonly limits: CreditLimits;
}

const SOON_MS = 500;

const refused = (details: Record<string, unknown>): AssayError =>
  new AssayError('P306', { details, retryAfterMs: SOON_MS });

/**
 * The credit rule: unvouchered value of a session over all offers stays within min(limit, free balance) and a number of
 * jobs, and what all sessions of a gateway could cost within its exposure cap. A session that can be withdrawn before a claim gets no work.
 * Returns why a job is refused, or nothing.
 */
export function checkCredit(question: CreditQuestion): AssayError | undefined {
  const { session, owed, reserved, price, limits } = question;
  if (session.state === 'NONE') return refused({ reason: 'the session is not on chain yet' });
  if (session.state !== 'OPEN')
    return new AssayError('S406', { details: { state: session.state } });
  if (question.endsAt !== undefined && question.endsAt < question.claimableAt)
    return new AssayError('S406', {
      details: {
        reason: 'it can be withdrawn before a voucher for this job could be claimed',
        endsAt: question.endsAt,
        claimableAt: question.claimableAt,
      },
    });
  const jobs = owed.unpaidJobs + reserved.jobs + 1;
  if (jobs > limits.maxUnvoucheredJobs)
    return refused({ reason: 'too many jobs without a voucher', limit: limits.maxUnvoucheredJobs });
  const free = session.balance - owed.unclaimed;
  const value = owed.unvouchered + reserved.value + price;
  if (value > limits.maxUnvouchered || value > free)
    return refused({
      reason: 'unvouchered work',
      value: `${value}`,
      limit: `${limits.maxUnvouchered}`,
      freeBalance: `${free}`,
    });
  if (question.exposure + price > limits.maxUnclaimedPerGateway)
    return refused({
      reason: 'unclaimed and unvouchered value of this gateway',
      value: `${question.exposure}`,
      limit: `${limits.maxUnclaimedPerGateway}`,
    });
  return undefined;
}
