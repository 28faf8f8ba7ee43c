import type { SessionAccount } from './session-account.ts';

/** What was received and has no voucher yet, over all offers. */
export function unvouchered(account: SessionAccount): { value: bigint; jobs: number } {
  let value = 0n;
  let jobs = 0;
  for (const offer of account.offers.values()) {
    value += offer.owed - (offer.payment?.cumulative ?? 0n);
    jobs += offer.due.length;
  }
  return { value, jobs };
}
