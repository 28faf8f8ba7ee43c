import { AddressScalar, BigIntScalar, DateTimeScalar, HexScalar } from '@assay/kit';
import type { Address, EpochMs, Hex } from '@assay/wire';
import { Field, ID, InputType, Int, ObjectType } from 'type-graphql';
import {
  freeOf,
  heldOf,
  type SessionAccount,
  type SessionStatus,
} from '../settlement/session-account.ts';
import { SessionStatusEnum } from './enums.ts';

@InputType()
export class PolicyInput {
  @Field(() => BigIntScalar)
  readonly maxPerJob!: bigint;

  @Field(() => BigIntScalar)
  readonly maxPerPeriod!: bigint;

  @Field(() => Int)
  readonly periodSeconds!: number;

  @Field(() => [ID])
  readonly models!: readonly string[];
}

@InputType()
export class GrantInput {
  @Field(() => AddressScalar)
  readonly payer!: Address;

  @Field(() => AddressScalar)
  readonly key!: Address;

  @Field(() => AddressScalar)
  readonly gateway!: Address;

  @Field(() => Int)
  readonly gatewayFeePpm!: number;

  @Field(() => BigIntScalar)
  readonly expiresAt!: bigint;

  @Field(() => Int)
  readonly withdrawDelay!: number;

  @Field(() => PolicyInput)
  readonly policy!: PolicyInput;

  @Field(() => HexScalar)
  readonly salt!: Hex;
}

@InputType({
  description:
    'The payment token’s ERC-3009 ReceiveWithAuthorization: from = payer, to = escrow, nonce = sessionId.',
})
export class AuthorizationInput {
  @Field(() => BigIntScalar)
  readonly value!: bigint;

  @Field(() => BigIntScalar)
  readonly validAfter!: bigint;

  @Field(() => BigIntScalar)
  readonly validBefore!: bigint;

  @Field(() => HexScalar)
  readonly signature!: Hex;
}

@ObjectType('Forecast')
export class ForecastType {
  @Field(() => BigIntScalar)
  readonly perHour!: bigint;

  @Field(() => BigIntScalar)
  readonly deviation!: bigint;

  @Field(() => DateTimeScalar, { nullable: true })
  readonly exhaustsAt!: EpochMs | undefined;

  @Field(() => BigIntScalar, { nullable: true })
  readonly suggestedTopUp!: bigint;
}

@ObjectType('Session')
export class SessionType {
  @Field(() => ID)
  readonly id!: Hex;

  @Field(() => AddressScalar)
  readonly payer!: Address;

  @Field(() => AddressScalar)
  readonly key!: Address;

  @Field(() => AddressScalar)
  readonly gateway!: Address;

  @Field(() => SessionStatusEnum)
  readonly status!: SessionStatus;

  @Field(() => BigIntScalar)
  readonly deposit!: bigint;

  @Field(() => BigIntScalar)
  readonly spent!: bigint;

  @Field(() => BigIntScalar)
  readonly held!: bigint;

  @Field(() => BigIntScalar)
  readonly free!: bigint;

  @Field(() => BigIntScalar)
  readonly expiresAt!: bigint;

  /** Not a field: what `owed` is computed from. */
  readonly account!: SessionAccount;
}

@ObjectType('OpenedSession')
export class OpenedSessionType {
  @Field(() => SessionType)
  readonly session!: SessionType;

  @Field(() => HexScalar)
  readonly transaction!: Hex;
}

export function toSessionType(account: SessionAccount): SessionType {
  const { sessionId, grant, status, deposit, spent } = account;
  return {
    id: sessionId,
    payer: grant.payer,
    key: grant.key,
    gateway: grant.gateway,
    status,
    deposit,
    spent,
    held: heldOf(account),
    free: freeOf(account),
    expiresAt: grant.expiresAt,
    account,
  };
}
