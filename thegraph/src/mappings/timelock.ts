import { Bytes } from '@graphprotocol/graph-ts';
import { Operation, RoleMember, ScheduledCall } from '../../generated/schema';
import {
  CallExecuted,
  CallSalt,
  CallScheduled,
  Cancelled,
  GuardianPaused,
  GuardianSet,
  MinDelayChange,
  RoleAdminChanged,
  RoleGranted,
  RoleRevoked,
} from '../../generated/Timelock/Timelock';
import { activityOf } from '../entities/activity';
import { setAccount, setNumber } from '../entities/parameter';

export function handleCallScheduled(event: CallScheduled): void {
  let operation = Operation.load(event.params.id);
  if (operation == null) operation = new Operation(event.params.id);
  operation.status = 'SCHEDULED';
  operation.predecessor = event.params.predecessor;
  operation.scheduledAt = event.block.timestamp;
  operation.readyAt = event.block.timestamp.plus(event.params.delay);
  operation.save();

  const call = new ScheduledCall(event.params.id.concatI32(event.params.index.toI32()));
  call.operation = event.params.id;
  call.index = event.params.index;
  call.target = event.params.target;
  call.value = event.params.value;
  call.data = event.params.data;
  call.save();

  const activity = activityOf(event, 'CallScheduled');
  activity.account = event.params.target;
  activity.save();
}

/** Comes after the operation's CallScheduled. */
export function handleCallSalt(event: CallSalt): void {
  const operation = Operation.load(event.params.id);
  if (operation != null) {
    operation.salt = event.params.salt;
    operation.save();
  }
  activityOf(event, 'CallSalt').save();
}

export function handleCallExecuted(event: CallExecuted): void {
  const operation = Operation.load(event.params.id);
  if (operation != null) {
    operation.status = 'EXECUTED';
    operation.save();
  }
  const call = ScheduledCall.load(event.params.id.concatI32(event.params.index.toI32()));
  if (call != null) {
    call.executedAt = event.block.timestamp;
    call.save();
  }
  const activity = activityOf(event, 'CallExecuted');
  activity.account = event.params.target;
  activity.save();
}

export function handleCancelled(event: Cancelled): void {
  const operation = Operation.load(event.params.id);
  if (operation != null) {
    operation.status = 'CANCELLED';
    operation.save();
  }
  activityOf(event, 'Cancelled').save();
}

export function handleMinDelayChange(event: MinDelayChange): void {
  setNumber(event, 'minDelay', event.params.newDuration);
  const activity = activityOf(event, 'MinDelayChange');
  activity.amount = event.params.newDuration;
  activity.save();
}

export function handleGuardianPaused(event: GuardianPaused): void {
  setNumber(event, 'guardianPauseUntil', event.params.until);
  const activity = activityOf(event, 'GuardianPaused');
  activity.account = event.params.guardian;
  activity.amount = event.params.until;
  activity.save();
}

export function handleGuardianSet(event: GuardianSet): void {
  setAccount(event, 'guardian', event.params.guardian);
  const activity = activityOf(event, 'GuardianSet');
  activity.account = event.params.guardian;
  activity.save();
}

export function handleRoleGranted(event: RoleGranted): void {
  const member = loadMember(event.params.role, event.params.account);
  member.granted = true;
  member.updatedAt = event.block.timestamp;
  member.save();

  const activity = activityOf(event, 'RoleGranted');
  activity.account = event.params.account;
  activity.save();
}

export function handleRoleRevoked(event: RoleRevoked): void {
  const member = loadMember(event.params.role, event.params.account);
  member.granted = false;
  member.updatedAt = event.block.timestamp;
  member.save();

  const activity = activityOf(event, 'RoleRevoked');
  activity.account = event.params.account;
  activity.save();
}

function loadMember(role: Bytes, account: Bytes): RoleMember {
  const id = role.concat(account);
  let member = RoleMember.load(id);
  if (member == null) {
    member = new RoleMember(id);
    member.role = role;
    member.account = account;
  }
  return member;
}

export function handleRoleAdminChanged(event: RoleAdminChanged): void {
  activityOf(event, 'RoleAdminChanged').save();
}
