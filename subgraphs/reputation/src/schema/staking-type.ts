import {
  AddressScalar,
  BigIntScalar,
  DateTimeScalar,
  Freshness,
  HexScalar,
  PageInfo,
} from '@assay/kit';
import type { Address, Hex } from '@assay/wire';
import { Field, ID, Int, ObjectType } from 'type-graphql';

@ObjectType()
export class Slash {
  @Field(() => ID)
  readonly id!: Hex;

  @Field(() => BigIntScalar)
  readonly own!: bigint;

  @Field(() => BigIntScalar)
  readonly delegated!: bigint;

  @Field(() => String)
  readonly reason!: string;

  @Field(() => String, { description: 'The ticket of the receipts that prove it.' })
  readonly evidence!: string;

  @Field(() => HexScalar)
  readonly transaction!: Hex;
}

@ObjectType()
export class ProviderStaking {
  @Field(() => BigIntScalar)
  readonly own!: bigint;

  @Field(() => BigIntScalar)
  readonly delegated!: bigint;

  @Field(() => BigIntScalar)
  readonly thawing!: bigint;

  @Field(() => BigIntScalar)
  readonly capacityLeft!: bigint;

  @Field(() => Int)
  readonly delegatorCutPpm!: number;

  @Field(() => BigIntScalar)
  readonly unmatured!: bigint;

  @Field(() => [Slash])
  readonly slashes!: readonly Slash[];

  @Field(() => Freshness)
  readonly freshness!: Freshness;
}

@ObjectType()
export class Delegation {
  @Field(() => BigIntScalar)
  readonly shares!: bigint;

  @Field(() => BigIntScalar)
  readonly value!: bigint;

  @Field(() => BigIntScalar)
  readonly rewards!: bigint;
}

@ObjectType()
export class Thaw {
  @Field(() => BigIntScalar)
  readonly tokens!: bigint;
}

@ObjectType()
export class Staker {
  @Field(() => AddressScalar)
  readonly address!: Address;

  @Field(() => BigIntScalar)
  readonly own!: bigint;

  @Field(() => [Delegation])
  readonly delegations!: readonly Delegation[];

  @Field(() => [Thaw])
  readonly thaws!: readonly Thaw[];

  @Field(() => BigIntScalar)
  readonly rewards!: bigint;

  @Field(() => [Slash])
  readonly slashes!: readonly Slash[];

  @Field(() => Freshness)
  readonly freshness!: Freshness;
}

@ObjectType()
export class Dispute {
  @Field(() => ID)
  readonly id!: Hex;

  @Field(() => AddressScalar)
  readonly reporter!: Address;

  @Field(() => HexScalar)
  readonly ticket!: Hex;

  @Field(() => String)
  readonly status!: string;
}

@ObjectType()
export class DisputeEdge {
  @Field(() => Dispute)
  readonly node!: Dispute;

  @Field(() => String)
  readonly cursor!: string;
}

@ObjectType()
export class DisputeConnection {
  @Field(() => [DisputeEdge])
  readonly edges!: readonly DisputeEdge[];

  @Field(() => PageInfo)
  readonly pageInfo!: PageInfo;

  @Field(() => Freshness)
  readonly freshness!: Freshness;
}

@ObjectType()
export class ProtocolStat {
  @Field(() => DateTimeScalar)
  readonly start!: number;

  @Field(() => BigIntScalar)
  readonly jobs!: bigint;

  @Field(() => BigIntScalar)
  readonly units!: bigint;

  @Field(() => BigIntScalar)
  readonly fees!: bigint;

  @Field(() => BigIntScalar)
  readonly royalties!: bigint;

  @Field(() => BigIntScalar)
  readonly staked!: bigint;

  @Field(() => BigIntScalar)
  readonly delegated!: bigint;

  @Field(() => BigIntScalar)
  readonly slashed!: bigint;
}

@ObjectType()
export class ActivityEvent {
  @Field(() => String)
  readonly kind!: string;

  @Field(() => HexScalar)
  readonly transaction!: Hex;

  @Field(() => BigIntScalar, { nullable: true })
  readonly amount?: bigint | undefined;
}
