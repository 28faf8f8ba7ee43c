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

/** Nothing moves: what waits goes on waiting, and until then nothing of it matures. */
export function freezeEarnings(event: EarningsFrozen): void {
  const provider = loadProvider(event.params.provider, event);
  provider.unmatured = event.params.unmatured;
  provider.frozenUntil = event.params.until;
  provider.save();

  const freeze = new Freeze(event.params.disputeId);
  freeze.dispute = event.params.disputeId;
  freeze.provider = provider.id;
  freeze.unmatured = event.params.unmatured;
  freeze.until = event.params.until;
  freeze.status = 'HELD';
  freeze.updatedAt = event.block.timestamp;
  freeze.save();
}

export function releaseEarnings(event: EarningsReleased): void {
  const provider = loadProvider(event.params.provider, event);
  provider.unmatured = event.params.unmatured;
  provider.frozenUntil = event.params.until;
  provider.save();

  const freeze = Freeze.load(event.params.disputeId);
  if (freeze == null || freeze.status != 'HELD') return;
  freeze.status = 'RELEASED';
  freeze.updatedAt = event.block.timestamp;
  freeze.save();
}

/** Everything that waited, whichever disputes froze it. They go on: only their own ends release them. */
export function forfeitEarnings(event: EarningsForfeited): void {
  const provider = loadProvider(event.params.provider, event);
  provider.unmatured = provider.unmatured.minus(event.params.amount);
  provider.forfeited = provider.forfeited.plus(event.params.amount);
  provider.save();

  const protocol = loadProtocol();
  protocol.forfeited = protocol.forfeited.plus(event.params.amount);
  protocol.save();

  const freeze = Freeze.load(event.params.disputeId);
  if (freeze == null || freeze.status != 'HELD') return;
  freeze.status = 'FORFEITED';
  freeze.updatedAt = event.block.timestamp;
  freeze.save();
}
