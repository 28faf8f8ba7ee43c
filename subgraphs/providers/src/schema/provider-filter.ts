import { AddressScalar, BigIntScalar, graphqlEnum, HexScalar } from '@assay/kit';
import type { Address, Hex } from '@assay/wire';
import { Directive, Field, Float, ID, InputType } from 'type-graphql';

export const ProviderOrderEnum = graphqlEnum('ProviderOrder', [
  'SCORE',
  'PRICE',
  'LATENCY',
  'STAKE',
]);

@InputType()
export class ProviderFilter {
  @Field(() => ID, { nullable: true })
  readonly modelId?: string | null;

  @Field(() => String, { nullable: true })
  readonly region?: string | null;

  @Field(() => Float, { nullable: true })
  readonly minScore?: number | null;

  @Field(() => BigIntScalar, { nullable: true })
  readonly maxPrice?: bigint | null;

  @Field(() => HexScalar, { nullable: true })
  readonly execClass?: Hex | null;

  @Field(() => Boolean, { nullable: true })
  readonly liveOnly?: boolean | null;

  @Field(() => String, { nullable: true, description: 'Part of the hardware it reports.' })
  readonly hardware?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: 'Only providers whose energy is measured, not modelled or unavailable.',
  })
  readonly measuredEnergy?: boolean | null;
}

@InputType()
export class StakeActionInput {
  @Field(() => BigIntScalar)
  readonly tokens!: bigint;
}

@InputType()
export class DelegateActionInput {
  @Field(() => AddressScalar)
  readonly provider!: Address;

  @Field(() => BigIntScalar, { description: 'Tokens to delegate; shares to undelegate.' })
  readonly amount!: bigint;
}

@InputType()
@Directive('@oneOf')
export class ActionInput {
  @Field(() => StakeActionInput, { nullable: true })
  readonly stake?: StakeActionInput | null;

  @Field(() => StakeActionInput, { nullable: true })
  readonly thaw?: StakeActionInput | null;

  @Field(() => Boolean, { nullable: true })
  readonly withdraw?: boolean | null;

  @Field(() => DelegateActionInput, { nullable: true })
  readonly delegate?: DelegateActionInput | null;

  @Field(() => DelegateActionInput, { nullable: true })
  readonly undelegate?: DelegateActionInput | null;

  @Field(() => AddressScalar, { nullable: true })
  readonly withdrawDelegated?: Address | null;

  @Field(() => AddressScalar, { nullable: true })
  readonly claimRewards?: Address | null;
}
