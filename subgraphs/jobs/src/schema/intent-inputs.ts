import { AddressScalar, BigIntScalar, DateTimeScalar } from '@assay/kit';
import type { Address, Optimise, Verification } from '@assay/wire';
import { Directive, Field, Float, ID, InputType, Int } from 'type-graphql';
import { OptimiseEnum, VerificationEnum } from './enums.ts';

@InputType()
@Directive('@oneOf')
export class IntentTarget {
  @Field(() => ID, { nullable: true })
  readonly modelId?: string | null;

  @Field(() => String, { nullable: true })
  readonly task?: string | null;
}

@InputType({ description: 'Hard limits. Never relaxed silently.' })
export class MustInput {
  @Field(() => BigIntScalar, { nullable: true })
  readonly maxPrice?: bigint | null;

  @Field(() => Int, { nullable: true })
  readonly maxLatencyMs?: number | null;

  @Field(() => Int, { nullable: true })
  readonly maxTtftMs?: number | null;

  @Field(() => DateTimeScalar, { nullable: true })
  readonly deadline?: Date | null;

  @Field(() => [String], { nullable: true })
  readonly regions?: readonly string[] | null;

  @Field(() => [AddressScalar], { nullable: true })
  readonly onlyProviders?: readonly Address[] | null;

  @Field(() => [AddressScalar], { nullable: true })
  readonly ignoreProviders?: readonly Address[] | null;

  @Field(() => VerificationEnum, { nullable: true })
  readonly verification?: Verification | null;

  @Field(() => Float, { nullable: true })
  readonly minTrust?: number | null;

  @Field(() => Float, { nullable: true })
  readonly maxGramsCO2?: number | null;
}

@InputType({
  description: 'kappa: value of a second in units of the median price; eta: weight of energy.',
})
export class WeightsInput {
  @Field(() => Float)
  readonly kappa!: number;

  @Field(() => Float)
  readonly eta!: number;
}

@InputType()
@Directive('@oneOf')
export class PreferInput {
  @Field(() => OptimiseEnum, { nullable: true })
  readonly optimise?: Optimise | null;

  @Field(() => WeightsInput, { nullable: true })
  readonly weights?: WeightsInput | null;
}

@InputType()
export class IntentInput {
  @Field(() => IntentTarget)
  readonly target!: IntentTarget;

  @Field(() => MustInput, { nullable: true })
  readonly must?: MustInput | null;

  @Field(() => PreferInput, { nullable: true })
  readonly prefer?: PreferInput | null;

  @Field(() => Int, { nullable: true, defaultValue: 1 })
  readonly retries?: number | null;
}

@InputType({ description: 'Expected size, for a quote without the payload.' })
export class SizeInput {
  @Field(() => BigIntScalar, { nullable: true })
  readonly bytes?: bigint | null;

  @Field(() => BigIntScalar, { nullable: true })
  readonly units?: bigint | null;
}
