import { AddressScalar, BigIntScalar, HexScalar } from '@assay/kit';
import type { Address, Hex } from '@assay/wire';
import { Field, ID, Int, ObjectType } from 'type-graphql';

@ObjectType('Receipt')
export class ReceiptType {
  @Field(() => HexScalar)
  readonly ticket!: Hex;

  @Field(() => ID)
  readonly jobId!: Hex;

  @Field(() => Int)
  readonly attempt!: number;

  @Field(() => ID)
  readonly sessionId!: Hex;

  @Field(() => ID)
  readonly offerId!: Hex;

  @Field(() => HexScalar)
  readonly execClass!: Hex;

  @Field(() => HexScalar)
  readonly inputRoot!: Hex;

  @Field(() => HexScalar)
  readonly outputRoot!: Hex;

  @Field(() => HexScalar)
  readonly fingerprintHash!: Hex;

  @Field(() => BigIntScalar)
  readonly units!: bigint;

  @Field(() => BigIntScalar)
  readonly price!: bigint;

  @Field(() => BigIntScalar)
  readonly startedAt!: bigint;

  @Field(() => BigIntScalar)
  readonly finishedAt!: bigint;

  @Field(() => AddressScalar)
  readonly signer!: Address;

  @Field(() => HexScalar)
  readonly signature!: Hex;
}
