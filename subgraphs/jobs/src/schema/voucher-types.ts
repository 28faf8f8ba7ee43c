import { BigIntScalar, DateTimeScalar, HexScalar } from '@assay/kit';
import type { EpochMs, Hex } from '@assay/wire';
import { Field, ID, InputType, ObjectType } from 'type-graphql';

@ObjectType()
export class VoucherDue {
  @Field(() => ID)
  readonly sessionId!: Hex;

  @Field(() => ID)
  readonly offerId!: Hex;

  @Field(() => BigIntScalar)
  readonly cumulative!: bigint;

  @Field(() => DateTimeScalar)
  readonly dueBy!: EpochMs;
}

@ObjectType()
export class Voucher {
  @Field(() => ID)
  readonly sessionId!: Hex;

  @Field(() => ID)
  readonly offerId!: Hex;

  @Field(() => BigIntScalar)
  readonly cumulative!: bigint;

  @Field(() => HexScalar)
  readonly signature!: Hex;

  @Field(() => HexScalar, { nullable: true })
  readonly guarantee!: Hex | null;

  @Field(() => HexScalar, { nullable: true })
  readonly receiptsRoot!: Hex | null;
}

@InputType()
export class VoucherInput {
  @Field(() => ID)
  readonly sessionId!: string;

  @Field(() => ID)
  readonly offerId!: string;

  @Field(() => BigIntScalar)
  readonly cumulative!: bigint;

  @Field(() => HexScalar)
  readonly signature!: Hex;
}
