import { AddressScalar, BigIntScalar, Freshness, HexScalar } from '@assay/kit';
import type { Address, Hex } from '@assay/wire';
import { Field, Int, ObjectType } from 'type-graphql';

@ObjectType()
export class Token {
  @Field(() => AddressScalar)
  readonly address!: Address;

  @Field(() => String)
  readonly name!: string;

  @Field(() => String)
  readonly version!: string;

  @Field(() => String)
  readonly symbol!: string;

  @Field(() => Int)
  readonly decimals!: number;
}

@ObjectType()
export class Contract {
  @Field(() => String)
  readonly name!: string;

  @Field(() => AddressScalar)
  readonly address!: Address;
}

@ObjectType()
export class Limits {
  @Field(() => BigIntScalar)
  readonly minDeposit!: bigint;

  @Field(() => Int)
  readonly maxGraphqlBytes!: number;

  @Field(() => BigIntScalar)
  readonly maxBlobBytes!: bigint;

  @Field(() => Int)
  readonly retentionSeconds!: number;
}

@ObjectType()
export class Network {
  @Field(() => BigIntScalar)
  readonly chainId!: bigint;

  @Field(() => Token)
  readonly paymentToken!: Token;

  @Field(() => Token)
  readonly stakeToken!: Token;

  @Field(() => [Contract])
  readonly contracts!: readonly Contract[];

  @Field(() => AddressScalar)
  readonly gateway!: Address;

  @Field(() => AddressScalar)
  readonly hostedKey!: Address;

  @Field(() => Int)
  readonly gatewayFeePpm!: number;

  @Field(() => BigIntScalar, { description: 'What stands behind the gateway’s guarantees.' })
  readonly bond!: bigint;

  @Field(() => BigIntScalar, {
    description: 'The most that can be guaranteed and unclaimed: what its sessions still hold.',
  })
  readonly guaranteed!: bigint;

  @Field(() => Freshness)
  readonly freshness!: Freshness;

  @Field(() => Limits)
  readonly limits!: Limits;
}

@ObjectType({
  description:
    'An unsigned transaction a wallet can send as it is, with the result of simulating it.',
})
export class TransactionRequest {
  @Field(() => AddressScalar)
  readonly to!: Address;

  @Field(() => HexScalar)
  readonly data!: Hex;

  @Field(() => BigIntScalar)
  readonly value!: bigint;

  @Field(() => BigIntScalar, { nullable: true })
  readonly gas?: bigint | undefined;

  @Field(() => String, { description: '`ok`, or why it would fail now.' })
  readonly simulation!: string;

  @Field(() => TransactionRequest, {
    nullable: true,
    description: 'Send this first: it lets the staking contract take the tokens.',
  })
  readonly approval?: TransactionRequest | undefined;
}
