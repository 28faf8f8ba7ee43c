import { BigIntScalar, DateTimeScalar } from '@assay/kit';
import type { EpochMs, Hex, JobStatus } from '@assay/wire';
import { Field, Float, ID, Int, ObjectType } from 'type-graphql';
import type { JobRecord } from '../domain/job-record.ts';
import { JobStatusEnum } from './enums.ts';
import { ReceiptType } from './receipt-type.ts';
import { ModelStub, ProviderStub } from './stubs.ts';

@ObjectType('Job')
export class JobType {
  @Field(() => ID)
  readonly id!: Hex;

  @Field(() => JobStatusEnum)
  readonly status!: JobStatus;

  @Field(() => DateTimeScalar)
  readonly createdAt!: EpochMs;

  @Field(() => DateTimeScalar, { nullable: true })
  readonly finishedAt!: EpochMs | null;

  @Field(() => ModelStub)
  readonly model!: ModelStub;

  @Field(() => ProviderStub, { nullable: true })
  readonly provider!: ProviderStub | null;

  @Field(() => Int)
  readonly attempts!: number;

  @Field(() => BigIntScalar, { nullable: true })
  readonly units!: bigint | null;

  @Field(() => BigIntScalar, { nullable: true })
  readonly price!: bigint | null;

  @Field(() => Float, { nullable: true })
  readonly latencyMs!: number | null;

  @Field(() => [ReceiptType])
  readonly receipts!: readonly ReceiptType[];
}

export function toJobType(record: JobRecord): JobType {
  return {
    id: record.id,
    status: record.status,
    createdAt: record.createdAt,
    finishedAt: record.finishedAt ?? null,
    model: { id: record.modelId },
    provider: record.provider === undefined ? null : { id: record.provider },
    attempts: record.attempts,
    units: record.units ?? null,
    price: record.price ?? null,
    latencyMs: record.latencyMs ?? null,
    receipts: record.receipts,
  };
}
