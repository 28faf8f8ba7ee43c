import { AddressScalar, DateTimeScalar, Freshness } from '@assay/kit';
import type { Address } from '@assay/wire';
import { Field, Float, ObjectType } from 'type-graphql';

@ObjectType()
export class ScorePart {
  @Field(() => String)
  readonly name!: string;

  @Field(() => Float)
  readonly value!: number;

  @Field(() => Float)
  readonly weight!: number;

  @Field(() => String)
  readonly explanation!: string;
}

@ObjectType()
export class ScoreChange {
  @Field(() => DateTimeScalar)
  readonly at!: number;

  @Field(() => Float)
  readonly from!: number;

  @Field(() => Float)
  readonly to!: number;

  @Field(() => String)
  readonly reason!: string;
}

@ObjectType()
export class ScorePoint {
  @Field(() => DateTimeScalar)
  readonly at!: number;

  @Field(() => Float)
  readonly score!: number;
}

@ObjectType()
export class Reputation {
  @Field(() => Float, { description: '0 … 1; the sum of value times weight of its parts.' })
  readonly score!: number;

  @Field(() => Float, { description: 'What the router relies on: the lower bound of reliability.' })
  readonly trust!: number;

  @Field(() => Boolean, { description: 'False: no new jobs are routed to it.' })
  readonly eligible!: boolean;

  @Field(() => [ScorePart])
  readonly parts!: readonly ScorePart[];

  @Field(() => ScoreChange, { nullable: true })
  readonly lastChange?: ScoreChange | undefined;

  @Field(() => [ScorePoint], { description: 'One point an hour, oldest first.' })
  readonly history!: readonly ScorePoint[];

  @Field(() => DateTimeScalar)
  readonly updatedAt!: number;

  @Field(() => Freshness)
  readonly freshness!: Freshness;
}

@ObjectType()
export class ScoreUpdate {
  @Field(() => AddressScalar)
  readonly providerId!: Address;

  @Field(() => String)
  readonly reason!: string;

  @Field(() => Float)
  readonly score!: number;

  @Field(() => DateTimeScalar)
  readonly at!: number;
}
