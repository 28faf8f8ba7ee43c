import { Bytes, ethereum } from '@graphprotocol/graph-ts';
import { Delegation, Delegator, Provider } from '../../generated/schema';
import { REWARD_SCALE, ZERO } from '../constants';

export function loadDelegator(id: Bytes): Delegator {
  let delegator = Delegator.load(id);
  if (delegator == null) {
    delegator = new Delegator(id);
    delegator.rewardsClaimed = ZERO;
    delegator.save();
  }
  return delegator;
}

export function loadDelegation(
  provider: Provider,
  delegator: Bytes,
  event: ethereum.Event,
): Delegation {
  const id = provider.id.concat(delegator);
  let delegation = Delegation.load(id);
  if (delegation == null) {
    delegation = new Delegation(id);
    delegation.provider = provider.id;
    delegation.delegator = loadDelegator(delegator).id;
    delegation.shares = ZERO;
    delegation.tokensIn = ZERO;
    delegation.tokensOut = ZERO;
    delegation.rewards = ZERO;
    delegation.rewardPerShare = provider.rewardPerShare;
    delegation.rewardsClaimed = ZERO;
    delegation.since = event.block.timestamp;
  }
  delegation.updatedAt = event.block.timestamp;
  return delegation;
}

/** Settles rewards up to now, exactly when and as the contract does: before shares change. */
export function settleRewards(delegation: Delegation, provider: Provider): void {
  const grown = provider.rewardPerShare.minus(delegation.rewardPerShare);
  delegation.rewards = delegation.rewards.plus(delegation.shares.times(grown).div(REWARD_SCALE));
  delegation.rewardPerShare = provider.rewardPerShare;
}
