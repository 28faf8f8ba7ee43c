import { BigIntScalar, DateTimeScalar, HexScalar, PageInfo } from '@assay/kit';
import type { EpochMs, Hex } from '@assay/wire';
import { Field, ID, ObjectType } from 'type-graphql';
import type { StatementEntry } from '../domain/statement.ts';
import type { LineKind } from '../settlement/account-changes.ts';
import { LineKindEnum } from './enums.ts';
import { SessionType } from './session-types.ts';

@ObjectType('StatementLine')
export class StatementLineType {
  @Field(() => DateTimeScalar)
  readonly at!: EpochMs;

  @Field(() => LineKindEnum)
  readonly kind!: LineKind;

  @Field(() => BigIntScalar)
  readonly amount!: bigint;

  @Field(() => BigIntScalar)
  readonly balance!: bigint;

  @Field(() => ID, { nullable: true })
  readonly jobId?: Hex | undefined;

  @Field(() => ID, { nullable: true })
  readonly offerId?: Hex | undefined;

  @Field(() => BigIntScalar, { nullable: true })
  readonly units?: bigint | undefined;

  @Field(() => HexScalar, { nullable: true })
  readonly transaction?: Hex | undefined;
}

@ObjectType()
export class StatementLineEdge {
  @Field(() => StatementLineType)
  readonly node!: StatementLineType;

  @Field(() => String)
  readonly cursor!: string;
}

@ObjectType()
export class StatementLineConnection {
  @Field(() => [StatementLineEdge])
  readonly edges!: readonly StatementLineEdge[];

  @Field(() => PageInfo)
  readonly pageInfo!: PageInfo;
}

@ObjectType('Statement')
export class StatementType {
  @Field(() => SessionType)
  readonly session!: SessionType;

  @Field(() => DateTimeScalar)
  readonly from!: EpochMs;

  @Field(() => DateTimeScalar)
  readonly to!: EpochMs;

  @Field(() => BigIntScalar)
  readonly opening!: bigint;

  @Field(() => BigIntScalar)
  readonly closing!: bigint;

  /** Not a field: what `lines` pages through. */
  readonly entries!: readonly StatementEntry[];
}
