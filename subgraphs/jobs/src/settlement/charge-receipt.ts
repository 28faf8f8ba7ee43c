import { AssayError, type EpochMs, type Hex } from '@assay/wire';
import type { AccountChanges } from './account-changes.ts';
import { emptyOffer, type SessionAccount } from './session-account.ts';

export interface Charge {
  readonly jobId: Hex;
  readonly offerId: Hex;
  readonly ticket: Hex;
  readonly receiptDigest: Hex;
  readonly price: bigint;
  readonly units: bigint;
  readonly at: EpochMs;
}

/**
 * Moves a receipt's price from the job's hold to what its offer is owed, and frees the rest: a job is paid for by one receipt.
 * The empty hold remembers the ticket until it is released, so that a ticket is charged once, however often this is asked.
 * Throws I100 and changes nothing where the job holds less than the price.
 */
export function chargeReceipt(
  account: SessionAccount,
  changes: AccountChanges,
  charge: Charge,
): void {
  const hold = account.holds.get(charge.jobId);
  if (hold?.tickets.includes(charge.ticket)) return;
  if (hold === undefined || charge.price > hold.amount)
    throw new AssayError('I100', {
      details: { jobId: charge.jobId, price: `${charge.price}`, held: `${hold?.amount ?? 0n}` },
    });

  hold.amount = 0n;
  hold.tickets.push(charge.ticket);
  changes.holds.add(charge.jobId);
  account.spent += charge.price;
  account.period.spent += charge.price;
  const offer = account.offers.get(charge.offerId) ?? emptyOffer();
  account.offers.set(charge.offerId, offer);
  offer.owed += charge.price;
  offer.due.push({ digest: charge.receiptDigest, cumulative: offer.owed });
  offer.dueSince ??= charge.at;
  changes.offers.add(charge.offerId);
  const { jobId, offerId, units, at } = charge;
  const balance = account.deposit - account.spent;
  changes.lines.push({ at, kind: 'JOB', amount: -charge.price, balance, jobId, offerId, units });
}

/** Ends a job's hold: what was not charged is free again. Asking twice changes nothing. */
export function releaseHold(account: SessionAccount, changes: AccountChanges, jobId: Hex): void {
  if (account.holds.delete(jobId)) changes.holds.add(jobId);
}
