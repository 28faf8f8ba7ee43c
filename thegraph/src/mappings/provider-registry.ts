import { Bytes, crypto } from '@graphprotocol/graph-ts';
import {
  CandidatePruned,
  EntryPaused,
  OfferRetired,
  OfferSet,
  ParameterSet,
  PayoutSet,
  ProviderRegistered,
  ReceiptKeyRotated,
  RegionSet,
} from '../../generated/ProviderRegistry/ProviderRegistry';
import { Offer, Provider, ReceiptKey } from '../../generated/schema';
import { asciiOf } from '../ascii';
import { ZERO } from '../constants';
import { activityOf } from '../entities/activity';
import { countOpenOffer } from '../entities/offer';
import { handleParameter } from '../entities/parameter';
import { loadProtocol } from '../entities/protocol';
import { loadProvider } from '../entities/provider';

export function handleProviderRegistered(event: ProviderRegistered): void {
  const provider = loadProvider(event.params.provider, event);
  if (!provider.registered) {
    const protocol = loadProtocol();
    protocol.providers += 1;
    protocol.save();
    provider.registeredAt = event.block.timestamp;
  }
  provider.registered = true;
  provider.region = event.params.region;
  provider.payout = event.params.payout;
  provider.save();

  const activity = activityOf(event, 'ProviderRegistered');
  activity.provider = provider.id;
  activity.save();
}

export function handleReceiptKeyRotated(event: ReceiptKeyRotated): void {
  const provider = loadProvider(event.params.provider, event);
  if (ReceiptKey.load(event.params.key) == null) {
    const key = new ReceiptKey(event.params.key);
    key.provider = provider.id;
    key.registeredAt = event.block.timestamp;
    key.save();
  }
  const previous = ReceiptKey.load(event.params.previous);
  if (previous != null) {
    previous.retiredAt = event.block.timestamp;
    previous.save();
  }
  provider.receiptKey = event.params.key;
  provider.save();

  const activity = activityOf(event, 'ReceiptKeyRotated');
  activity.provider = provider.id;
  activity.account = event.params.key;
  activity.save();
}

export function handleRegionSet(event: RegionSet): void {
  const provider = loadProvider(event.params.provider, event);
  provider.region = event.params.region;
  provider.save();

  const activity = activityOf(event, 'RegionSet');
  activity.provider = provider.id;
  activity.save();
}

export function handlePayoutSet(event: PayoutSet): void {
  const provider = loadProvider(event.params.provider, event);
  provider.payout = event.params.payout;
  provider.save();

  const activity = activityOf(event, 'PayoutSet');
  activity.provider = provider.id;
  activity.account = event.params.payout;
  activity.save();
}

export function handleOfferSet(event: OfferSet): void {
  const provider = loadProvider(event.params.provider, event);
  let offer = Offer.load(event.params.offerId);
  if (offer == null) {
    offer = newOffer(event, provider);
    countOpenOffer(provider, event.params.modelId, 1);
  } else if (offer.retired) {
    countOpenOffer(provider, event.params.modelId, 1);
  }
  offer.priceCeiling = event.params.priceCeiling;
  offer.execClass = event.params.execClass;
  offer.validUntil = event.params.validUntil;
  offer.retired = false;
  offer.jurorCandidate = true;
  offer.updatedAt = event.block.timestamp;
  offer.save();
  provider.save();

  const activity = activityOf(event, 'OfferSet');
  activity.provider = provider.id;
  activity.amount = event.params.priceCeiling;
  activity.save();
}

function newOffer(event: OfferSet, provider: Provider): Offer {
  const protocol = loadProtocol();
  protocol.offers += 1;
  protocol.save();
  const offer = new Offer(event.params.offerId);
  offer.provider = provider.id;
  offer.model = event.params.modelId;
  offer.modelId = event.params.modelId;
  offer.claimed = ZERO;
  offer.claimCount = 0;
  offer.createdAt = event.block.timestamp;
  return offer;
}

export function handleOfferRetired(event: OfferRetired): void {
  const provider = loadProvider(event.params.provider, event);
  const offer = Offer.load(event.params.offerId);
  if (offer != null && !offer.retired) {
    offer.retired = true;
    offer.jurorCandidate = false;
    offer.updatedAt = event.block.timestamp;
    offer.save();
    countOpenOffer(provider, event.params.modelId, -1);
  }
  provider.save();

  const activity = activityOf(event, 'OfferRetired');
  activity.provider = provider.id;
  activity.save();
}

export function handleCandidatePruned(event: CandidatePruned): void {
  const offer = Offer.load(offerIdOf(event.params.provider, event.params.modelId));
  if (offer != null && offer.execClass == event.params.execClass) {
    offer.jurorCandidate = false;
    offer.updatedAt = event.block.timestamp;
    offer.save();
  }
  const activity = activityOf(event, 'CandidatePruned');
  activity.provider = event.params.provider;
  activity.save();
}

const ADDRESS_PADDING = Bytes.fromHexString('0x000000000000000000000000');

/** `keccak256(abi.encode(provider, modelId))`. */
function offerIdOf(provider: Bytes, modelId: Bytes): Bytes {
  const encoded = ADDRESS_PADDING.concat(provider).concat(modelId);
  return Bytes.fromByteArray(crypto.keccak256(encoded));
}

export function handleProviderRegistryParameterSet(event: ParameterSet): void {
  handleParameter(event, 'ParameterSet', asciiOf(event.params.name), event.params.value);
}

export function handleProviderRegistryEntryPaused(event: EntryPaused): void {
  handleParameter(event, 'EntryPaused', 'entryPausedUntil', event.params.until);
}
