import { Bytes } from '@graphprotocol/graph-ts';
import { Protocol } from '../../generated/schema';
import { ZERO } from '../constants';

export function protocolId(): Bytes {
  return Bytes.fromUTF8('assay');
}

export function loadProtocol(): Protocol {
  const id = protocolId();
  let protocol = Protocol.load(id);
  if (protocol == null) {
    protocol = new Protocol(id);
    protocol.providers = 0;
    protocol.models = 0;
    protocol.offers = 0;
    protocol.openOffers = 0;
    protocol.sessions = 0;
    protocol.openSessions = 0;
    protocol.claims = 0;
    protocol.skippedClaims = 0;
    protocol.disputes = 0;
    protocol.openDisputes = 0;
    protocol.staked = ZERO;
    protocol.stakedThawing = ZERO;
    protocol.delegated = ZERO;
    protocol.delegatedThawing = ZERO;
    protocol.slashedOwn = ZERO;
    protocol.slashedDelegated = ZERO;
    protocol.slashRewards = ZERO;
    protocol.rewards = ZERO;
    protocol.rewardsClaimed = ZERO;
    protocol.deposited = ZERO;
    protocol.refunded = ZERO;
    protocol.sessionBalances = ZERO;
    protocol.claimed = ZERO;
    protocol.protocolFees = ZERO;
    protocol.gatewayFees = ZERO;
    protocol.royalties = ZERO;
    protocol.providerEarnings = ZERO;
    protocol.bondPaid = ZERO;
    protocol.bonds = ZERO;
    protocol.forfeited = ZERO;
  }
  return protocol;
}
