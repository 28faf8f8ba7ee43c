import { BigDecimal, BigInt } from '@graphprotocol/graph-ts';
import { Provider, StakePoint } from '../../generated/schema';
import { DELEGATION_RATIO, WHOLE, ZERO } from '../constants';
import { loadProtocol } from './protocol';

/** Puts the own stake to what the event says it is now; totals move by the difference. */
export function setOwnStake(provider: Provider, tokens: BigInt, thawing: BigInt): void {
  const protocol = loadProtocol();
  protocol.staked = protocol.staked.plus(tokens).minus(provider.own);
  protocol.stakedThawing = protocol.stakedThawing.plus(thawing).minus(provider.ownThawing);
  protocol.save();
  provider.own = tokens;
  provider.ownThawing = thawing;
  provider.slashable = slashableOf(provider);
}

/** Puts the pool to what the event says it is now; totals move by the difference. */
export function setPool(provider: Provider, tokens: BigInt, thawing: BigInt): void {
  const protocol = loadProtocol();
  protocol.delegated = protocol.delegated.plus(tokens).minus(provider.delegated);
  protocol.delegatedThawing = protocol.delegatedThawing
    .plus(thawing)
    .minus(provider.delegatedThawing);
  protocol.save();
  provider.delegated = tokens;
  provider.delegatedThawing = thawing;
  provider.slashable = slashableOf(provider);
}

/** A slash takes its part of thawing stake too; one that leaves nothing wipes out the requests there were. */
export function shrinkThaws(provider: Provider, ownThawing: BigInt, poolThawing: BigInt): void {
  if (provider.ownThawing.gt(ZERO)) {
    provider.ownSurvival = shrink(provider.ownSurvival, provider.ownThawing, ownThawing);
    if (ownThawing.equals(ZERO)) provider.ownEpoch += 1;
  }
  if (provider.delegatedThawing.gt(ZERO)) {
    const before = provider.delegatedThawing;
    provider.delegatedSurvival = shrink(provider.delegatedSurvival, before, poolThawing);
    if (poolThawing.equals(ZERO)) provider.delegatedEpoch += 1;
  }
}

function shrink(survival: BigDecimal, before: BigInt, after: BigInt): BigDecimal {
  if (after.equals(ZERO)) return WHOLE;
  return survival.times(after.toBigDecimal()).div(before.toBigDecimal());
}

export function recordStake(
  provider: Provider,
  slashedOwn: BigInt,
  slashedDelegated: BigInt,
): void {
  const protocol = loadProtocol();
  const point = new StakePoint(0);
  point.protocol = protocol.id;
  point.provider = provider.id;
  point.own = provider.own;
  point.delegated = provider.delegated;
  point.slashedOwn = slashedOwn;
  point.slashedDelegated = slashedDelegated;
  point.totalOwn = protocol.staked;
  point.totalDelegated = protocol.delegated;
  point.save();
}

function slashableOf(provider: Provider): BigInt {
  const reachable = provider.own.times(DELEGATION_RATIO);
  const delegated = provider.delegated.lt(reachable) ? provider.delegated : reachable;
  return provider.own.plus(delegated);
}
