import { type Address, AssayError } from '@assay/wire';

/** One thing to do at the staking contract; amounts are base units of the stake token. */
export type StakingAction =
  | { readonly kind: 'stake' | 'thaw'; readonly tokens: bigint }
  | { readonly kind: 'delegate'; readonly provider: Address; readonly amount: bigint }
  | { readonly kind: 'undelegate'; readonly provider: Address; readonly amount: bigint }
  | { readonly kind: 'withdraw' }
  | { readonly kind: 'withdrawDelegated' | 'claimRewards'; readonly provider: Address };

export interface ActionFields {
  readonly stake?: { readonly tokens: bigint } | null;
  readonly thaw?: { readonly tokens: bigint } | null;
  readonly withdraw?: boolean | null;
  readonly delegate?: { readonly provider: Address; readonly amount: bigint } | null;
  readonly undelegate?: { readonly provider: Address; readonly amount: bigint } | null;
  readonly withdrawDelegated?: Address | null;
  readonly claimRewards?: Address | null;
}

const MAX_AMOUNT = 2n ** 128n;

/** The one action of a @oneOf input. Throws I100 for amounts that are not positive, and for `withdraw: false`. */
export function parseAction(fields: ActionFields): StakingAction {
  const { stake, thaw, delegate, undelegate, withdrawDelegated, claimRewards, withdraw } = fields;
  if (stake) return { kind: 'stake', tokens: positive(stake.tokens) };
  if (thaw) return { kind: 'thaw', tokens: positive(thaw.tokens) };
  if (delegate) return { kind: 'delegate', ...delegate, amount: positive(delegate.amount) };
  if (undelegate) return { kind: 'undelegate', ...undelegate, amount: positive(undelegate.amount) };
  if (withdrawDelegated) return { kind: 'withdrawDelegated', provider: withdrawDelegated };
  if (claimRewards) return { kind: 'claimRewards', provider: claimRewards };
  if (withdraw) return { kind: 'withdraw' };
  throw new AssayError('I100', { details: { argument: 'action' }, hint: 'Name one action.' });
}

function positive(amount: bigint): bigint {
  if (amount > 0n && amount < MAX_AMOUNT) return amount;
  throw new AssayError('I100', {
    details: { argument: 'action', amount: amount.toString() },
    hint: 'Send a positive amount of base units.',
  });
}
