import { AddressScalar, Freshness, PageInfo } from '@assay/kit';
import type { Address, Hex } from '@assay/wire';
import { Directive, Field, Float, ID, Int, ObjectType } from 'type-graphql';

@ObjectType()
export class ProviderLive {
  @Field(() => String)
  readonly status!: string;

  @Field(() => Int)
  readonly inFlight!: number;

  @Field(() => Int)
  readonly capacity!: number;

  @Field(() => Int)
  readonly heartbeatAgeMs!: number;
}

@ObjectType()
export class ProviderEnergy {
  @Field(() => String, { description: 'nvml, rapl, nvidia-smi, modelled or unavailable.' })
  readonly method!: string;

  @Field(() => Float, {
    nullable: true,
    description: 'Null where it is not known; never zero for that.',
  })
  readonly joulesPerUnit?: number | undefined;

  @Field(() => Float, { nullable: true })
  readonly gramsCO2PerUnit?: number | undefined;
}

@ObjectType()
@Directive('@key(fields: "id")')
export class Provider {
  @Field(() => AddressScalar)
  readonly id!: Address;
}

@ObjectType()
@Directive('@key(fields: "id")')
export class Model {
  @Field(() => ID)
  readonly id!: Hex;
}

@ObjectType()
export class ProviderEdge {
  @Field(() => Provider)
  readonly node!: Provider;

  @Field(() => String)
  readonly cursor!: string;
}

@ObjectType()
export class ProviderConnection {
  @Field(() => [ProviderEdge])
  readonly edges!: readonly ProviderEdge[];

  @Field(() => PageInfo)
  readonly pageInfo!: PageInfo;

  @Field(() => Int)
  readonly totalCount!: number;

  @Field(() => Freshness)
  readonly freshness!: Freshness;
}
