import {
  EarningsForfeited,
  EarningsFrozen,
  EarningsMatured,
  EarningsReleased,
  EarningsShared,
  EarningsWithdrawn,
} from '../../generated/SessionEscrow/SessionEscrow';
import { Freeze } from '../../generated/schema';
import { ZERO } from '../constants';
import { loadProtocol } from './protocol';
import { loadProvider } from './provider';

/** Comes before the VoucherClaimed that caused it, so the unmatured rest that it names is not yet ours. */
export function matureEarnings(event: EarningsMatured): void {
  const provider = loadProvider(event.params.provider, event);
  provider.matured = provider.matured.plus(event.params.amount);
  provider.unmatured = provider.unmatured.minus(event.params.amount);
  provider.save();
}

export function shareEarnings(event: EarningsShared): void {
  const provider = loadProvider(event.params.provider, event);
  provider.matured = ZERO;
  provider.payable = provider.payable.plus(event.params.forProvider);
  provider.sharedWithDelegators = provider.sharedWithDelegators.plus(event.params.toDelegators);
  provider.save();
}

export function payEarnings(event: EarningsWithdrawn): void {
  const provider = loadProvider(event.params.provider, event);
  provider.matured = ZERO;
  provider.payable = ZERO;
  provider.withdrawn = provider.withdrawn.plus(event.params.amount);
  provider.sharedWithDelegators = provider.sharedWithDelegators.plus(event.params.toDelegators);
  provider.save();
}

export function freezeEarnings(event: EarningsFrozen): void {
  const provider = loadProvider(event.params.provider, event);
  provider.unmatured = provider.unmatured.minus(event.params.amount);
  provider.frozen = provider.frozen.plus(event.params.amount);
  provider.save();

  const freeze = new Freeze(event.params.disputeId);
  freeze.dispute = event.params.disputeId;
  freeze.provider = provider.id;
  freeze.amount = event.params.amount;
  freeze.status = 'HELD';
  freeze.updatedAt = event.block.timestamp;
  freeze.save();
}

export function releaseEarnings(event: EarningsReleased): void {
  const provider = loadProvider(event.params.provider, event);
  provider.frozen = provider.frozen.minus(event.params.amount);
  provider.matured = provider.matured.plus(event.params.amount);
  provider.save();

  const freeze = Freeze.load(event.params.disputeId);
  if (freeze == null) return;
  freeze.status = 'RELEASED';
  freeze.updatedAt = event.block.timestamp;
  freeze.save();
}

/** What the dispute still held, and what was earned since and had not matured. */
export function forfeitEarnings(event: EarningsForfeited): void {
  let held = ZERO;
  const freeze = Freeze.load(event.params.disputeId);
  if (freeze != null && freeze.status == 'HELD') {
    held = freeze.amount;
    freeze.status = 'FORFEITED';
    freeze.updatedAt = event.block.timestamp;
    freeze.save();
  }
  const provider = loadProvider(event.params.provider, event);
  provider.frozen = provider.frozen.minus(held);
  provider.unmatured = provider.unmatured.minus(event.params.amount.minus(held));
  provider.forfeited = provider.forfeited.plus(event.params.amount);
  provider.save();

  const protocol = loadProtocol();
  protocol.forfeited = protocol.forfeited.plus(event.params.amount);
  protocol.save();
}
