import { Bytes, ethereum } from '@graphprotocol/graph-ts';
import { Provider } from '../../generated/schema';
import { WHOLE, ZERO } from '../constants';

/** Staking and registering come in either order, so whichever is first creates the provider. */
export function loadProvider(id: Bytes, event: ethereum.Event): Provider {
  let provider = Provider.load(id);
  if (provider == null) {
    provider = new Provider(id);
    provider.registered = false;
    provider.own = ZERO;
    provider.ownThawing = ZERO;
    provider.ownSurvival = WHOLE;
    provider.ownEpoch = 0;
    provider.delegated = ZERO;
    provider.delegatedThawing = ZERO;
    provider.delegatedSurvival = WHOLE;
    provider.delegatedEpoch = 0;
    provider.delegatedShares = ZERO;
    provider.slashable = ZERO;
    provider.delegators = 0;
    provider.delegatorCutPpm = 0;
    provider.nextDelegatorCutPpm = 0;
    provider.nextDelegatorCutAt = ZERO;
    provider.rewardPerShare = ZERO;
    provider.rewards = ZERO;
    provider.slashedOwn = ZERO;
    provider.slashedDelegated = ZERO;
    provider.slashCount = 0;
    provider.earned = ZERO;
    provider.unmatured = ZERO;
    provider.matured = ZERO;
    provider.payable = ZERO;
    provider.withdrawn = ZERO;
    provider.sharedWithDelegators = ZERO;
    provider.frozenUntil = ZERO;
    provider.forfeited = ZERO;
    provider.claimCount = 0;
    provider.openOffers = 0;
    provider.openDisputes = 0;
  }
  provider.updatedAt = event.block.timestamp;
  return provider;
}
