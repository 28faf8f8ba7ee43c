import { BigIntScalar, HexScalar, MeteringUnitEnum, PageInfo } from '@assay/kit';
import type { Hex } from '@assay/wire';
import { Field, ID, ObjectType } from 'type-graphql';
import type { MeteringUnit } from '../domain/provider.ts';

@ObjectType()
export class Offer {
  @Field(() => ID)
  readonly id!: Hex;

  @Field(() => BigIntScalar, { description: 'Payment units for one metering unit, at most.' })
  readonly priceCeiling!: bigint;

  @Field(() => MeteringUnitEnum)
  readonly unit!: MeteringUnit;

  @Field(() => HexScalar)
  readonly execClass!: Hex;
}

@ObjectType()
export class OfferEdge {
  @Field(() => Offer)
  readonly node!: Offer;

  @Field(() => String)
  readonly cursor!: string;
}

@ObjectType()
export class OfferConnection {
  @Field(() => [OfferEdge])
  readonly edges!: readonly OfferEdge[];

  @Field(() => PageInfo)
  readonly pageInfo!: PageInfo;
}
