import { AddressScalar, BigIntScalar, DateTimeScalar, HexScalar } from '@assay/kit';
import type { Address, EpochMs, Hex } from '@assay/wire';
import { Field, Float, ID, Int, ObjectType } from 'type-graphql';

@ObjectType('Relaxation')
export class RelaxationType {
  @Field(() => String)
  readonly constraint!: string;

  @Field(() => String)
  readonly to!: string;

  @Field(() => BigIntScalar)
  readonly price!: bigint;
}

@ObjectType('Quote')
export class QuoteType {
  @Field(() => ID)
  readonly id!: Hex;

  @Field(() => Boolean)
  readonly feasible!: boolean;

  @Field(() => BigIntScalar, { nullable: true })
  readonly price!: bigint | undefined;

  @Field(() => Float, { nullable: true })
  readonly latencyP50Ms!: number | undefined;

  @Field(() => Float, { nullable: true })
  readonly latencyP90Ms!: number | undefined;

  @Field(() => Int)
  readonly providers!: number;

  @Field(() => DateTimeScalar)
  readonly expiresAt!: EpochMs;

  @Field(() => String, {
    nullable: true,
    description: 'Which hard limit binds, and the cheapest way to relax it.',
  })
  readonly binding!: string | undefined;

  @Field(() => RelaxationType, { nullable: true })
  readonly relaxation!: RelaxationType | undefined;

  @Field(() => HexScalar, { nullable: true })
  readonly signature!: Hex | undefined;
}

@ObjectType()
export class NamedValue {
  @Field(() => String)
  readonly name!: string;

  @Field(() => Float)
  readonly value!: number;
}

@ObjectType()
export class RouteCandidate {
  @Field(() => AddressScalar)
  readonly providerId!: Address;

  @Field(() => Boolean)
  readonly eligible!: boolean;

  @Field(() => String, { nullable: true })
  readonly reason!: string | undefined;

  @Field(() => Float, {
    nullable: true,
    description: 'Total cost in median prices; lower is better.',
  })
  readonly score!: number | undefined;

  @Field(() => [NamedValue])
  readonly inputs!: readonly NamedValue[];
}

@ObjectType('RouteExplanation')
export class RouteExplanationType {
  @Field(() => ID)
  readonly jobId!: Hex;

  @Field(() => DateTimeScalar)
  readonly decidedAt!: EpochMs;

  @Field(() => String)
  readonly policy!: string;

  @Field(() => AddressScalar, { nullable: true })
  readonly chosen!: Address | undefined;

  @Field(() => [RouteCandidate])
  readonly candidates!: readonly RouteCandidate[];

  @Field(() => String)
  readonly replay!: string;
}
