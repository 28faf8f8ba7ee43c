import { AddressScalar, graphqlEnum } from '@assay/kit';
import type { Address } from '@assay/wire';
import { Field, InputType } from 'type-graphql';

export const IntervalEnum = graphqlEnum('Interval', ['HOUR', 'DAY']);
export type Interval = keyof typeof IntervalEnum;

@InputType()
export class DisputeFilter {
  @Field(() => AddressScalar, { nullable: true })
  readonly provider?: Address | null;

  @Field(() => String, { nullable: true, description: 'OPEN, GUILTY, CLEARED or DRAWN.' })
  readonly status?: string | null;
}
