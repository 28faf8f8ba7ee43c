import type { VoucherDue } from '@assay/wire';
import { CREDIT } from '../settlement/credit.ts';
import type { SessionAccount } from '../settlement/session-account.ts';

/** What a self-custody key still has to sign; nothing for hosted sessions. */
export function voucherDueOf(account: SessionAccount | undefined): VoucherDue[] {
  if (account === undefined || account.hosted) return [];
  const { sessionId } = account;
  return [...account.offers]
    .filter(([, offer]) => offer.due.length > 0)
    .map(([offerId, offer]) => ({
      sessionId,
      offerId,
      cumulative: offer.owed,
      dueBy: (offer.dueSince ?? 0) + CREDIT.dueMs,
    }));
}
