import { BigInt, ByteArray, Bytes, ethereum } from '@graphprotocol/graph-ts';
import { Provider, Thaw } from '../../generated/schema';

export function thawId(provider: Bytes, delegator: Bytes, requestId: BigInt): Bytes {
  const request = Bytes.fromByteArray(ByteArray.fromBigInt(requestId));
  return provider.concat(delegator).concat(request);
}

/** A thaw that begins; the caller says whose it is, how much and until when, and saves it. */
export function newThaw(id: Bytes, provider: Provider, event: ethereum.Event): Thaw {
  const thaw = new Thaw(id);
  thaw.provider = provider.id;
  thaw.requestedAt = event.block.timestamp;
  return thaw;
}

export function payThaw(id: Bytes, tokens: BigInt, event: ethereum.Event): void {
  const thaw = Thaw.load(id);
  if (thaw == null) return;
  thaw.paid = tokens;
  thaw.paidAt = event.block.timestamp;
  thaw.save();
}
