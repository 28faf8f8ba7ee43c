import {
  AddressScalar,
  type Connection,
  DatatypeEnum,
  Freshness,
  HexScalar,
  MeteringUnitEnum,
  PageInfo,
} from '@assay/kit';
import type { Address, Datatype, Hex } from '@assay/wire';
import { Directive, Field, ID, Int, ObjectType } from 'type-graphql';
import type { MeteringUnit } from '../domain/model.ts';

@ObjectType()
export class TensorSpec {
  @Field(() => String)
  readonly name!: string;

  @Field(() => DatatypeEnum)
  readonly datatype!: Datatype;

  @Field(() => [Int], { description: '-1 stands for a dimension that the client chooses.' })
  readonly shape!: readonly number[];
}

@ObjectType()
@Directive('@key(fields: "id")')
export class Model {
  @Field(() => ID)
  readonly id!: Hex;

  @Field(() => String)
  readonly name!: string;

  @Field(() => String)
  readonly version!: string;

  @Field(() => String)
  readonly task!: string;

  @Field(() => String, { nullable: true })
  readonly description?: string | undefined;

  @Field(() => [String])
  readonly tags!: readonly string[];

  @Field(() => AddressScalar)
  readonly publisher!: Address;

  @Field(() => HexScalar)
  readonly manifestHash!: Hex;

  @Field(() => Int)
  readonly royaltyPpm!: number;

  @Field(() => MeteringUnitEnum)
  readonly unit!: MeteringUnit;

  @Field(() => String)
  readonly licence!: string;

  @Field(() => [TensorSpec])
  readonly inputs!: readonly TensorSpec[];

  @Field(() => [TensorSpec])
  readonly outputs!: readonly TensorSpec[];

  @Field(() => Boolean)
  readonly deprecated!: boolean;
}

@ObjectType()
export class ModelEdge {
  @Field(() => Model)
  readonly node!: { readonly id: Hex };

  @Field(() => String)
  readonly cursor!: string;
}

@ObjectType()
export class ModelConnection implements Connection<{ readonly id: Hex }> {
  @Field(() => [ModelEdge])
  readonly edges!: readonly ModelEdge[];

  @Field(() => PageInfo)
  readonly pageInfo!: PageInfo;

  @Field(() => Int)
  readonly totalCount!: number;

  @Field(() => Freshness)
  readonly freshness!: Freshness;
}
