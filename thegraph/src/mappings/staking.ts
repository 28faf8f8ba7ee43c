import {
  Delegated,
  DelegatedWithdrawn,
  DelegatorCutSet,
  EntryPaused,
  ParameterSet,
  RewardsAdded,
  RewardsClaimed,
  Slashed,
  SlasherAnnounced,
  SlasherSet,
  Staked,
  ThawStarted,
  Undelegated,
  Withdrawn,
} from '../../generated/Staking/Staking';
import { RewardPoint, Slash } from '../../generated/schema';
import { asciiOf } from '../ascii';
import { NOBODY, ZERO } from '../constants';
import { activityOf } from '../entities/activity';
import { loadDelegation, loadDelegator, settleRewards } from '../entities/delegation';
import { caseId } from '../entities/dispute';
import { eventId } from '../entities/event-id';
import { announceAccount, handleParameter, setAccount } from '../entities/parameter';
import { loadProtocol } from '../entities/protocol';
import { loadProvider } from '../entities/provider';
import { recordStake, setOwnStake, setPool, shrinkThaws } from '../entities/stake';
import { newThaw, payThaw, thawId } from '../entities/thaw';

export function handleStaked(event: Staked): void {
  const provider = loadProvider(event.params.provider, event);
  setOwnStake(provider, event.params.ownTokens, event.params.ownThawing);
  provider.save();
  recordStake(provider, ZERO, ZERO);

  const activity = activityOf(event, 'Staked');
  activity.provider = provider.id;
  activity.amount = event.params.tokens;
  activity.save();
}

export function handleThawStarted(event: ThawStarted): void {
  const provider = loadProvider(event.params.provider, event);
  setOwnStake(provider, event.params.ownTokens, event.params.ownThawing);
  provider.save();
  recordStake(provider, ZERO, ZERO);

  const id = thawId(provider.id, NOBODY, event.params.requestId);
  const thaw = newThaw(id, provider, event);
  thaw.requestId = event.params.requestId;
  thaw.tokens = event.params.tokens;
  thaw.survivalAtStart = provider.ownSurvival;
  thaw.epoch = provider.ownEpoch;
  thaw.withdrawableAt = event.params.withdrawableAt;
  thaw.save();

  const activity = activityOf(event, 'ThawStarted');
  activity.provider = provider.id;
  activity.amount = event.params.tokens;
  activity.save();
}

export function handleWithdrawn(event: Withdrawn): void {
  const provider = loadProvider(event.params.provider, event);
  setOwnStake(provider, event.params.ownTokens, event.params.ownThawing);
  provider.save();
  recordStake(provider, ZERO, ZERO);
  payThaw(thawId(provider.id, NOBODY, event.params.requestId), event.params.tokens, event);

  const activity = activityOf(event, 'Withdrawn');
  activity.provider = provider.id;
  activity.amount = event.params.tokens;
  activity.save();
}

export function handleDelegated(event: Delegated): void {
  const provider = loadProvider(event.params.provider, event);
  const delegation = loadDelegation(provider, event.params.delegator, event);
  settleRewards(delegation, provider);
  if (delegation.shares.equals(ZERO)) provider.delegators += 1;
  delegation.shares = event.params.delegatorShares;
  delegation.tokensIn = delegation.tokensIn.plus(event.params.tokens);
  delegation.save();

  setPool(provider, event.params.poolTokens, event.params.poolThawing);
  provider.delegatedShares = event.params.poolShares;
  provider.save();
  recordStake(provider, ZERO, ZERO);

  const activity = activityOf(event, 'Delegated');
  activity.provider = provider.id;
  activity.account = event.params.delegator;
  activity.amount = event.params.tokens;
  activity.save();
}

export function handleUndelegated(event: Undelegated): void {
  const provider = loadProvider(event.params.provider, event);
  const delegation = loadDelegation(provider, event.params.delegator, event);
  settleRewards(delegation, provider);
  delegation.shares = event.params.delegatorShares;
  if (delegation.shares.equals(ZERO)) provider.delegators -= 1;
  delegation.save();

  setPool(provider, event.params.poolTokens, event.params.poolThawing);
  provider.delegatedShares = event.params.poolShares;
  provider.save();
  recordStake(provider, ZERO, ZERO);

  const id = thawId(provider.id, event.params.delegator, event.params.requestId);
  const thaw = newThaw(id, provider, event);
  thaw.delegator = delegation.delegator;
  thaw.requestId = event.params.requestId;
  thaw.tokens = event.params.tokens;
  thaw.survivalAtStart = provider.delegatedSurvival;
  thaw.epoch = provider.delegatedEpoch;
  thaw.withdrawableAt = event.params.withdrawableAt;
  thaw.save();

  const activity = activityOf(event, 'Undelegated');
  activity.provider = provider.id;
  activity.account = event.params.delegator;
  activity.amount = event.params.tokens;
  activity.save();
}

export function handleDelegatedWithdrawn(event: DelegatedWithdrawn): void {
  const provider = loadProvider(event.params.provider, event);
  const delegation = loadDelegation(provider, event.params.delegator, event);
  delegation.tokensOut = delegation.tokensOut.plus(event.params.tokens);
  delegation.save();

  setPool(provider, event.params.poolTokens, event.params.poolThawing);
  provider.save();
  recordStake(provider, ZERO, ZERO);
  const id = thawId(provider.id, event.params.delegator, event.params.requestId);
  payThaw(id, event.params.tokens, event);

  const activity = activityOf(event, 'DelegatedWithdrawn');
  activity.provider = provider.id;
  activity.account = event.params.delegator;
  activity.amount = event.params.tokens;
  activity.save();
}

export function handleRewardsAdded(event: RewardsAdded): void {
  const provider = loadProvider(event.params.provider, event);
  provider.rewardPerShare = event.params.rewardPerShare;
  provider.rewards = provider.rewards.plus(event.params.amount);
  provider.save();

  const protocol = loadProtocol();
  protocol.rewards = protocol.rewards.plus(event.params.amount);
  protocol.save();

  const point = new RewardPoint(0);
  point.protocol = protocol.id;
  point.provider = provider.id;
  point.amount = event.params.amount;
  point.save();

  const activity = activityOf(event, 'RewardsAdded');
  activity.provider = provider.id;
  activity.account = event.params.from;
  activity.amount = event.params.amount;
  activity.save();
}

export function handleRewardsClaimed(event: RewardsClaimed): void {
  const provider = loadProvider(event.params.provider, event);
  const delegation = loadDelegation(provider, event.params.delegator, event);
  settleRewards(delegation, provider);
  delegation.rewards = ZERO;
  delegation.rewardsClaimed = delegation.rewardsClaimed.plus(event.params.amount);
  delegation.save();

  const delegator = loadDelegator(event.params.delegator);
  delegator.rewardsClaimed = delegator.rewardsClaimed.plus(event.params.amount);
  delegator.save();

  const protocol = loadProtocol();
  protocol.rewardsClaimed = protocol.rewardsClaimed.plus(event.params.amount);
  protocol.save();

  const activity = activityOf(event, 'RewardsClaimed');
  activity.provider = provider.id;
  activity.account = event.params.delegator;
  activity.amount = event.params.amount;
  activity.save();
}

export function handleDelegatorCutSet(event: DelegatorCutSet): void {
  const provider = loadProvider(event.params.provider, event);
  provider.delegatorCutPpm = event.params.cutPpm.toI32();
  provider.nextDelegatorCutPpm = event.params.nextCutPpm.toI32();
  provider.nextDelegatorCutAt = event.params.effectiveAt;
  provider.save();

  const activity = activityOf(event, 'DelegatorCutSet');
  activity.provider = provider.id;
  activity.amount = event.params.cutPpm;
  activity.save();
}

export function handleSlashed(event: Slashed): void {
  const provider = loadProvider(event.params.provider, event);
  shrinkThaws(provider, event.params.ownThawing, event.params.poolThawing);
  setOwnStake(provider, event.params.ownTokens, event.params.ownThawing);
  setPool(provider, event.params.poolTokens, event.params.poolThawing);
  provider.slashedOwn = provider.slashedOwn.plus(event.params.own);
  provider.slashedDelegated = provider.slashedDelegated.plus(event.params.delegated);
  provider.slashCount += 1;
  provider.save();
  recordStake(provider, event.params.own, event.params.delegated);

  const protocol = loadProtocol();
  protocol.slashedOwn = protocol.slashedOwn.plus(event.params.own);
  protocol.slashedDelegated = protocol.slashedDelegated.plus(event.params.delegated);
  protocol.slashRewards = protocol.slashRewards.plus(event.params.reward);
  protocol.save();

  recordSlash(event);
}

function recordSlash(event: Slashed): void {
  const slash = new Slash(eventId(event));
  slash.provider = event.params.provider;
  slash.beneficiary = event.params.beneficiary;
  slash.evidence = event.params.evidence;
  slash.reason = asciiOf(event.params.reason);
  slash.dispute = caseId(event.params.evidence, slash.reason);
  slash.own = event.params.own;
  slash.delegated = event.params.delegated;
  slash.reward = event.params.reward;
  slash.ownAfter = event.params.ownTokens;
  slash.delegatedAfter = event.params.poolTokens;
  slash.at = event.block.timestamp;
  slash.block = event.block.number;
  slash.transaction = event.transaction.hash;
  slash.save();

  const activity = activityOf(event, 'Slashed');
  activity.provider = event.params.provider;
  activity.account = event.params.beneficiary;
  activity.amount = event.params.own.plus(event.params.delegated);
  activity.save();
}

export function handleSlasherAnnounced(event: SlasherAnnounced): void {
  announceAccount(event, 'slasher', event.params.slasher, event.params.effectiveAt);
  const activity = activityOf(event, 'SlasherAnnounced');
  activity.account = event.params.slasher;
  activity.save();
}

export function handleSlasherSet(event: SlasherSet): void {
  setAccount(event, 'slasher', event.params.slasher);
  const activity = activityOf(event, 'SlasherSet');
  activity.account = event.params.slasher;
  activity.save();
}

export function handleStakingParameterSet(event: ParameterSet): void {
  handleParameter(event, 'ParameterSet', asciiOf(event.params.name), event.params.value);
}

export function handleStakingEntryPaused(event: EntryPaused): void {
  handleParameter(event, 'EntryPaused', 'entryPausedUntil', event.params.until);
}
