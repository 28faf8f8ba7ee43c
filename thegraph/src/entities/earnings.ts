import {
  EarningsForfeited,
  EarningsFrozen,
  EarningsMatured,
  EarningsReleased,
  EarningsWithdrawn,
} from '../../generated/SessionEscrow/SessionEscrow';
import { Dispute } from '../../generated/schema';
import { ZERO } from '../constants';
import { loadProtocol } from './protocol';
import { loadProvider } from './provider';

export function matureEarnings(event: EarningsMatured): void {
  const provider = loadProvider(event.params.provider, event);
  provider.matured = provider.matured.plus(event.params.amount);
  provider.unmatured = event.params.unmatured;
  provider.save();
}

export function payEarnings(event: EarningsWithdrawn): void {
  const provider = loadProvider(event.params.provider, event);
  const paid = event.params.amount.plus(event.params.toDelegators);
  provider.matured = provider.matured.minus(paid);
  provider.withdrawn = provider.withdrawn.plus(event.params.amount);
  provider.sharedWithDelegators = provider.sharedWithDelegators.plus(event.params.toDelegators);
  provider.save();
}

export function freezeEarnings(event: EarningsFrozen): void {
  const provider = loadProvider(event.params.provider, event);
  provider.unmatured = provider.unmatured.minus(event.params.amount);
  provider.frozen = provider.frozen.plus(event.params.amount);
  provider.save();
}

export function releaseEarnings(event: EarningsReleased): void {
  const provider = loadProvider(event.params.provider, event);
  provider.frozen = provider.frozen.minus(event.params.amount);
  provider.matured = provider.matured.plus(event.params.amount);
  provider.save();
}

/** What the dispute held, and what was earned since and had not matured. */
export function forfeitEarnings(event: EarningsForfeited): void {
  const provider = loadProvider(event.params.provider, event);
  const dispute = Dispute.load(event.params.disputeId);
  let held = ZERO;
  if (dispute != null && dispute.status == 'OPEN') held = dispute.frozen;
  provider.frozen = provider.frozen.minus(held);
  provider.unmatured = provider.unmatured.minus(event.params.amount.minus(held));
  provider.forfeited = provider.forfeited.plus(event.params.amount);
  provider.save();

  const protocol = loadProtocol();
  protocol.forfeited = protocol.forfeited.plus(event.params.amount);
  protocol.save();
}
