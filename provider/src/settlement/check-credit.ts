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
  readonly owed: SessionBalance;
  /** Most that the jobs under way may cost, and how many they are. */
  readonly reserved: { readonly value: bigint; readonly jobs: number };
  /** Most that this job may cost. */
  readonly price: bigint;
  /** Vouched but not claimed, over all sessions of the gateway. */
  readonly gatewayUnclaimed: bigint;
  readonly limits: CreditLimits;
}

const SOON_MS = 500;

const refused = (details: Record<string, unknown>): AssayError =>
  new AssayError('P306', { details, retryAfterMs: SOON_MS });

/**
 * The credit rule: unvouchered value of a session over all offers stays within min(limit, free balance) and a number of
 * jobs, and what a gateway vouched for stays within its exposure cap. Returns why a job is refused, or nothing.
 */
export function checkCredit(question: CreditQuestion): AssayError | undefined {
  const { session, owed, reserved, price, limits } = question;
  if (session.state === 'NONE') return refused({ reason: 'the session is not on chain yet' });
  if (session.state !== 'OPEN')
    return new AssayError('S406', { details: { state: session.state } });
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
  if (question.gatewayUnclaimed > limits.maxUnclaimedPerGateway)
    return refused({
      reason: 'unclaimed vouchers of this gateway',
      value: `${question.gatewayUnclaimed}`,
    });
  return undefined;
}
