import { createLog, createSubgraph, type ServableSubgraph } from '@assay/kit';
import {
  Directive,
  Field,
  FieldResolver,
  Float,
  ID,
  ObjectType,
  Query,
  Resolver,
  Root,
} from 'type-graphql';
import { MODELS, offeredBy, PROVIDERS, scoreOf } from './market-data.ts';

@ObjectType('Model')
@Directive('@key(fields: "id")')
class ModelCard {
  @Field(() => ID)
  readonly id!: string;
  @Field(() => String)
  readonly name!: string;
}

@Resolver()
class ModelResolver {
  @Query(() => [ModelCard])
  models() {
    return MODELS;
  }
}

@ObjectType('Provider')
@Directive('@key(fields: "id")')
class ProviderCard {
  @Field(() => ID)
  readonly id!: string;
  @Field(() => String)
  readonly region!: string;
}

@ObjectType('Model')
@Directive('@key(fields: "id")')
class OfferedModel {
  @Field(() => ID)
  readonly id!: string;
}

@Resolver(() => OfferedModel)
class OfferResolver {
  @Query(() => [ProviderCard])
  allProviders() {
    return PROVIDERS;
  }
  @FieldResolver(() => [ProviderCard])
  providers(@Root() { id }: OfferedModel) {
    return offeredBy(id);
  }
}

@ObjectType('Provider')
@Directive('@key(fields: "id")')
class ScoredProvider {
  @Field(() => ID)
  readonly id!: string;
}

@Resolver(() => ScoredProvider)
class ScoreResolver {
  @Query(() => Float)
  bestScore() {
    return 1;
  }
  @FieldResolver(() => Float)
  score(@Root() { id }: ScoredProvider) {
    return scoreOf(id);
  }
}

export const BENCH_SECRET = 'a secret of this benchmark, long enough';

/** The market cut into three subgraphs, as Assay cuts its own. */
export function createFederatedMarket(): Promise<ServableSubgraph[]> {
  const shared = {
    identitySecret: BENCH_SECRET,
    log: createLog('bench', 'silent'),
    createContext: () => ({}),
  };
  const same = (reference: Record<string, unknown>) => reference;
  return Promise.all([
    createSubgraph({
      ...shared,
      name: 'models',
      resolvers: [ModelResolver],
      orphanedTypes: [ModelCard],
      references: { Model: ({ id }) => MODELS.find((model) => model.id === id) },
    }),
    createSubgraph({
      ...shared,
      name: 'providers',
      resolvers: [OfferResolver],
      orphanedTypes: [OfferedModel],
      references: {
        Model: same,
        Provider: ({ id }) => PROVIDERS.find((provider) => provider.id === id),
      },
    }),
    createSubgraph({
      ...shared,
      name: 'reputation',
      resolvers: [ScoreResolver],
      orphanedTypes: [ScoredProvider],
      references: { Provider: same },
    }),
  ]);
}
