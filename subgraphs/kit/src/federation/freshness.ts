import 'reflect-metadata';
import { Directive, Field, Float, Int, ObjectType } from 'type-graphql';

@ObjectType({ description: 'How fresh an answer from the chain index is.' })
@Directive('@shareable')
export class Freshness {
  @Field(() => Int)
  readonly indexedBlock!: number;

  @Field(() => Float)
  readonly lagSeconds!: number;

  @Field(() => Boolean)
  readonly stale!: boolean;
}
