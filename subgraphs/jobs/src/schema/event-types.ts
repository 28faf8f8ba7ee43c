import { AddressScalar, BigIntScalar, DateTimeScalar } from '@assay/kit';
import type { Address, EpochMs, Hex } from '@assay/wire';
import { Field, Float, ID, Int, InterfaceType, ObjectType } from 'type-graphql';
import { ReceiptType } from './receipt-type.ts';
import { TensorType } from './tensor-type.ts';
import { VoucherDue } from './voucher-types.ts';

@InterfaceType('JobEvent', {
  description:
    'seq is dense from 1; a stream ends only with a terminal event (completed, failed, cancelled).',
  resolveType: (event: { kind: string }) => event.kind,
})
export abstract class JobEventType {
  @Field(() => ID)
  readonly jobId!: Hex;

  @Field(() => Int)
  readonly seq!: number;

  @Field(() => DateTimeScalar)
  readonly at!: EpochMs;
}

@ObjectType({ implements: JobEventType })
export class JobQueued extends JobEventType {}

@ObjectType({ implements: JobEventType })
export class JobAssigned extends JobEventType {
  @Field(() => Int)
  readonly attempt!: number;

  @Field(() => AddressScalar)
  readonly providerId!: Address;

  @Field(() => ID)
  readonly offerId!: Hex;

  @Field(() => BigIntScalar)
  readonly maxPrice!: bigint;
}

@ObjectType({ implements: JobEventType })
export class JobOutput extends JobEventType {
  @Field(() => Int)
  readonly attempt!: number;

  @Field(() => String, { nullable: true })
  readonly text!: string | null;

  @Field(() => [TensorType], { nullable: true })
  readonly tensors!: readonly TensorType[] | null;
}

@ObjectType({ implements: JobEventType })
export class JobFailedOver extends JobEventType {
  @Field(() => Int)
  readonly attempt!: number;

  @Field(() => AddressScalar)
  readonly fromProviderId!: Address;

  @Field(() => String)
  readonly code!: string;
}

@ObjectType({ implements: JobEventType })
export class JobCompleted extends JobEventType {
  @Field(() => [ReceiptType])
  readonly receipts!: readonly ReceiptType[];

  @Field(() => BigIntScalar)
  readonly units!: bigint;

  @Field(() => BigIntScalar)
  readonly price!: bigint;

  @Field(() => Float)
  readonly latencyMs!: number;

  @Field(() => Float, { nullable: true })
  readonly energyJoules!: number | null;

  @Field(() => Boolean, {
    description: 'The text ended early, with what there was, because its deadline was near.',
  })
  readonly cutShort!: boolean;

  @Field(() => BigIntScalar, { nullable: true })
  readonly nextBestPrice!: bigint | null;

  @Field(() => [VoucherDue])
  readonly voucherDue!: readonly VoucherDue[];
}

@ObjectType({ implements: JobEventType })
export class JobFailed extends JobEventType {
  @Field(() => String)
  readonly code!: string;

  @Field(() => String)
  readonly message!: string;

  @Field(() => Boolean)
  readonly retryable!: boolean;

  @Field(() => BigIntScalar)
  readonly price!: bigint;

  @Field(() => [ReceiptType])
  readonly receipts!: readonly ReceiptType[];
}

@ObjectType({ implements: JobEventType })
export class JobCancelled extends JobEventType {
  @Field(() => BigIntScalar)
  readonly price!: bigint;

  @Field(() => [ReceiptType])
  readonly receipts!: readonly ReceiptType[];
}

export const EVENT_TYPES = [
  JobQueued,
  JobAssigned,
  JobOutput,
  JobFailedOver,
  JobCompleted,
  JobFailed,
  JobCancelled,
] as const;
