import { Base64Scalar, DatatypeEnum } from '@assay/kit';
import type { Datatype, Hex, OutputTensor } from '@assay/wire';
import { Field, ID, Int, ObjectType } from 'type-graphql';

@ObjectType('Tensor')
export class TensorType {
  @Field(() => String)
  readonly name!: string;

  @Field(() => DatatypeEnum)
  readonly datatype!: Datatype;

  @Field(() => [Int])
  readonly shape!: readonly number[];

  @Field(() => Base64Scalar, { nullable: true })
  readonly base64!: Uint8Array | null;

  @Field(() => ID, { nullable: true })
  readonly blob!: Hex | null;
}

/** Inline bytes as base64, large ones as a blob. */
export function toTensorType(tensor: OutputTensor): TensorType {
  const { name, datatype, shape } = tensor;
  const where =
    'blob' in tensor ? { base64: null, blob: tensor.blob } : { base64: tensor.data, blob: null };
  return { name, datatype, shape, ...where };
}
