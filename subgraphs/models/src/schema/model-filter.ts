import { AddressScalar, BigIntScalar } from '@assay/kit';
import type { Address } from '@assay/wire';
import { Field, InputType } from 'type-graphql';

@InputType()
export class ModelFilter {
  @Field(() => String, {
    nullable: true,
    description: 'Words that all occur in name, task, tags or description.',
  })
  readonly text?: string | null;

  @Field(() => String, { nullable: true })
  readonly task?: string | null;

  @Field(() => AddressScalar, { nullable: true })
  readonly publisher?: Address | null;

  @Field(() => BigIntScalar, {
    nullable: true,
    description: 'Some provider asks at most this for a unit.',
  })
  readonly maxPrice?: bigint | null;

  @Field(() => Boolean, { nullable: true, description: 'Some connected provider serves it now.' })
  readonly liveOnly?: boolean | null;
}
