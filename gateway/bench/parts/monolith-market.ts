import type { GraphQLSchema } from 'graphql';
import {
  buildSchema,
  Field,
  FieldResolver,
  Float,
  ID,
  ObjectType,
  Query,
  Resolver,
  Root,
} from 'type-graphql';
import { MODELS, offeredBy, scoreOf } from './market-data.ts';

@ObjectType('Provider')
class WholeProvider {
  @Field(() => ID)
  readonly id!: string;
  @Field(() => String)
  readonly region!: string;
}

@ObjectType('Model')
class WholeModel {
  @Field(() => ID)
  readonly id!: string;
  @Field(() => String)
  readonly name!: string;
}

@Resolver(() => WholeModel)
class WholeModelResolver {
  @Query(() => [WholeModel])
  models() {
    return MODELS;
  }
  @FieldResolver(() => [WholeProvider])
  providers(@Root() { id }: WholeModel) {
    return offeredBy(id);
  }
}

@Resolver(() => WholeProvider)
class WholeProviderResolver {
  @FieldResolver(() => Float)
  score(@Root() { id }: WholeProvider) {
    return scoreOf(id);
  }
}

/** The same market in one schema, not federated. */
export function createMonolithMarket(): Promise<GraphQLSchema> {
  return buildSchema({ resolvers: [WholeModelResolver, WholeProviderResolver], validate: false });
}
