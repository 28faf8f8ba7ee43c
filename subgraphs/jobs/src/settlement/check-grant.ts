import {
  type Address,
  AssayError,
  type EpochMs,
  type Grant,
  type Policy,
  policyHash,
} from '@assay/wire';

/** What this gateway asks of a grant. */
export interface GrantRules {
  readonly gateway: Address;
  readonly gatewayFeePpm: number;
  readonly minDeposit: bigint;
  readonly minWithdrawDelay: number;
}

const LONGEST_DAYS = 366n;
const SHORTEST_SECONDS = 60n;

interface GrantFacts {
  readonly grant: Grant;
  readonly policy: Policy;
  readonly deposit: bigint;
}

/** Throws S400 or S405 saying which field is wrong, before anything is sent to the chain. */
export function checkGrant(
  { grant, policy, deposit }: GrantFacts,
  rules: GrantRules,
  now: EpochMs,
): void {
  const wrong = (field: string, expected: unknown, given: unknown): AssayError =>
    new AssayError('S400', { details: { field, expected: `${expected}`, given: `${given}` } });
  if (grant.gateway !== rules.gateway) throw wrong('gateway', rules.gateway, grant.gateway);
  if (grant.gatewayFeePpm !== rules.gatewayFeePpm)
    throw wrong('gatewayFeePpm', rules.gatewayFeePpm, grant.gatewayFeePpm);
  if (grant.withdrawDelay < rules.minWithdrawDelay)
    throw wrong('withdrawDelay', `at least ${rules.minWithdrawDelay}`, grant.withdrawDelay);
  const seconds = BigInt(Math.floor(now / 1000));
  if (grant.expiresAt < seconds + SHORTEST_SECONDS)
    throw wrong('expiresAt', `at least ${seconds + SHORTEST_SECONDS}`, grant.expiresAt);
  if (grant.expiresAt > seconds + LONGEST_DAYS * 86_400n)
    throw wrong('expiresAt', `at most ${LONGEST_DAYS} days ahead`, grant.expiresAt);
  if (policyHash(policy) !== grant.policy) throw wrong('policy', policyHash(policy), grant.policy);
  if (policy.periodSeconds < 1)
    throw wrong('policy.periodSeconds', 'at least 1', policy.periodSeconds);
  if (deposit < rules.minDeposit)
    throw new AssayError('S405', {
      details: { deposit: `${deposit}`, minDeposit: `${rules.minDeposit}` },
    });
}
