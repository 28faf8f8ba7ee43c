import { BigInt, Bytes, ethereum } from '@graphprotocol/graph-ts';
import { Parameter, ParameterChange } from '../../generated/schema';
import { ZERO } from '../constants';
import { activityOf } from './activity';
import { eventId } from './event-id';

/** A parameter that is a number or a date. */
export function setNumber(event: ethereum.Event, name: string, value: BigInt): void {
  const parameter = loadParameter(event, name);
  parameter.value = value;
  parameter.save();
  recordChange(event, parameter);
}

/** A parameter that is an address; it also ends what was announced for it. */
export function setAccount(event: ethereum.Event, name: string, account: Bytes): void {
  const parameter = loadParameter(event, name);
  parameter.account = account;
  parameter.nextAccount = null;
  parameter.nextAt = null;
  parameter.save();
  recordChange(event, parameter);
}

export function announceAccount(
  event: ethereum.Event,
  name: string,
  account: Bytes,
  at: BigInt,
): void {
  const parameter = loadParameter(event, name);
  parameter.nextAccount = account;
  parameter.nextAt = at;
  parameter.save();
}

export function parameterId(contract: Bytes, name: string): Bytes {
  return contract.concat(Bytes.fromUTF8(name));
}

function loadParameter(event: ethereum.Event, name: string): Parameter {
  const id = parameterId(event.address, name);
  let parameter = Parameter.load(id);
  if (parameter == null) {
    parameter = new Parameter(id);
    parameter.contract = event.address;
    parameter.name = name;
    parameter.value = ZERO;
  }
  parameter.updatedAt = event.block.timestamp;
  return parameter;
}

function recordChange(event: ethereum.Event, parameter: Parameter): void {
  const change = new ParameterChange(eventId(event));
  change.parameter = parameter.id;
  change.value = parameter.value;
  change.account = parameter.account;
  change.at = event.block.timestamp;
  change.transaction = event.transaction.hash;
  change.save();
}

/** What each governed contract reports in the same words. */
export function handleParameter(
  event: ethereum.Event,
  kind: string,
  name: string,
  value: BigInt,
): void {
  setNumber(event, name, value);
  const activity = activityOf(event, kind);
  activity.amount = value;
  activity.save();
}
