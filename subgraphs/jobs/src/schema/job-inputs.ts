import { Base64Scalar, BigIntScalar, DatatypeEnum } from '@assay/kit';
import type { Datatype } from '@assay/wire';
import { Directive, Field, Float, ID, InputType, Int } from 'type-graphql';

@InputType({ description: 'blob: sha256 of bytes put at PUT /v2/blobs/{sha256}.' })
@Directive('@oneOf')
export class TensorDataInput {
  @Field(() => Base64Scalar, { nullable: true })
  readonly base64?: Uint8Array | null;

  @Field(() => [Float], { nullable: true })
  readonly floats?: readonly number[] | null;

  @Field(() => [BigIntScalar], { nullable: true })
  readonly integers?: readonly bigint[] | null;

  @Field(() => [Boolean], { nullable: true })
  readonly bools?: readonly boolean[] | null;

  @Field(() => [String], { nullable: true })
  readonly strings?: readonly string[] | null;

  @Field(() => ID, { nullable: true })
  readonly blob?: string | null;
}

@InputType()
export class TensorInput {
  @Field(() => String)
  readonly name!: string;

  @Field(() => DatatypeEnum)
  readonly datatype!: Datatype;

  @Field(() => [Int])
  readonly shape!: readonly number[];

  @Field(() => TensorDataInput)
  readonly data!: TensorDataInput;
}

@InputType()
export class TextInput {
  @Field(() => String)
  readonly prompt!: string;

  @Field(() => Int, { nullable: true })
  readonly maxTokens?: number | null;

  @Field(() => Float, { nullable: true })
  readonly temperature?: number | null;

  @Field(() => Int, { nullable: true })
  readonly topK?: number | null;

  @Field(() => Float, { nullable: true })
  readonly topP?: number | null;

  @Field(() => [String], { nullable: true })
  readonly stop?: readonly string[] | null;

  @Field(() => BigIntScalar, { nullable: true })
  readonly seed?: bigint | null;
}

@InputType()
@Directive('@oneOf')
export class JobInput {
  @Field(() => [TensorInput], { nullable: true })
  readonly tensors?: readonly TensorInput[] | null;

  @Field(() => TextInput, { nullable: true })
  readonly text?: TextInput | null;
}
