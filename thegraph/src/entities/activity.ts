import { ethereum } from '@graphprotocol/graph-ts';
import { Activity } from '../../generated/schema';
import { eventId } from './event-id';

/** The record of an event; the caller adds whom and how much it concerns, and saves it. */
export function activityOf(event: ethereum.Event, kind: string): Activity {
  const activity = new Activity(eventId(event));
  activity.kind = kind;
  activity.contract = event.address;
  activity.at = event.block.timestamp;
  activity.block = event.block.number;
  activity.logIndex = event.logIndex;
  activity.transaction = event.transaction.hash;
  return activity;
}
