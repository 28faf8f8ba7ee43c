import 'reflect-metadata';
import { Directive, Field, ObjectType } from 'type-graphql';

@ObjectType()
@Directive('@shareable')
export class PageInfo {
  @Field(() => Boolean)
  readonly hasNextPage!: boolean;

  @Field(() => Boolean)
  readonly hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true })
  readonly startCursor?: string | undefined;

  @Field(() => String, { nullable: true })
  readonly endCursor?: string | undefined;
}
