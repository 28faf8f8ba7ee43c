import { Bytes, ethereum } from '@graphprotocol/graph-ts';

/** One id for each event of the chain. */
export function eventId(event: ethereum.Event): Bytes {
  return event.transaction.hash.concatI32(event.logIndex.toI32());
}
