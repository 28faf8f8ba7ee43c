import type { Address } from '@assay/wire';
import type { Withdrawal } from '../settlement/claimer.ts';
import { type Loose, usd } from './show.ts';

/** What a withdrawal did, or why there was none; and of which token. */
export type Withdrawn = (Loose<Withdrawal> | { readonly withdrawn: string }) & {
  readonly token: Address;
};

/** The withdrawal for a terminal: how much of which token went to whom, and where that can be looked up. */
export function showWithdrawal(found: Withdrawn): string {
  if ('withdrawn' in found) return found.withdrawn;
  const { amount, payout, toDelegators, token, block, txHash } = found;
  return [
    `${usd(amount)} paid to ${payout}`,
    ...(BigInt(toDelegators) > 0n ? [`${usd(toDelegators)} paid to the delegators`] : []),
    `token ${token}, block ${block}, transaction ${txHash}`,
  ].join('\n');
}
