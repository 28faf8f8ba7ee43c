import {
  connectRedis,
  createChainHead,
  createIndexClient,
  createMetrics,
  createRpcClient,
  createSubgraph,
  type SchemaParts,
  type ServableSubgraph,
  type SubgraphConfig,
} from '@assay/kit';
import { lowerAddress } from '@assay/wire';
import { createChainViewIndex } from './adapters/index-chain-view.ts';
import { createDisputeIndex } from './adapters/index-disputes.ts';
import { createModelOffersIndex } from './adapters/index-model-offers.ts';
import { createStakingIndex } from './adapters/index-staking.ts';
import { createStatsIndex } from './adapters/index-stats.ts';
import { createYieldIndex } from './adapters/index-yields.ts';
import { createLeaderLease } from './adapters/leader-lease.ts';
import { loadReputations } from './adapters/load-reputations.ts';
import { createReputationNews } from './adapters/reputation-news.ts';
import { createScoreStore } from './adapters/score-store.ts';
import { startScoringService } from './adapters/scoring-service.ts';
import type { ReputationContext } from './schema/context.ts';
import {
  ModelTrustResolver,
  ProviderReputationResolver,
  YieldResolver,
} from './schema/entity-resolvers.ts';
import { Model, Provider } from './schema/entity-types.ts';
import { ReputationQueryResolver } from './schema/query-resolver.ts';
import {
  ActivityResolver,
  DelegationResolver,
  DisputeResolver,
  SlashResolver,
  ThawResolver,
} from './schema/stake-resolvers.ts';

export type ReputationConfig = Pick<
  SubgraphConfig,
  'redisUrl' | 'indexUrl' | 'chainRpc' | 'identitySecret' | 'log'
>;

/** The tokens of this protocol: 6 decimals for payment, 18 for stake. */
const SCALES = { payment: 1e6, stake: 1e18 };

/** The classes behind this subgraph's part of the API. */
export const reputationSchema: SchemaParts<ReputationContext> = {
  resolvers: [
    ReputationQueryResolver,
    ProviderReputationResolver,
    YieldResolver,
    ModelTrustResolver,
    SlashResolver,
    DelegationResolver,
    ThawResolver,
    DisputeResolver,
    ActivityResolver,
  ],
  orphanedTypes: [Provider, Model],
  references: {
    Provider: ({ id }) => ({ id: lowerAddress(String(id)) }),
    Model: ({ id }) => ({ id }),
  },
};

/** The `reputation` subgraph: scores with their reasons, stake, slashes, disputes; and the service that scores. */
export async function createReputationSubgraph(
  config: ReputationConfig,
): Promise<ServableSubgraph> {
  const log = config.log.child({ subgraph: 'reputation' });
  const metrics = createMetrics('reputation');
  const redis = await connectRedis(config.redisUrl, log);
  const head = createChainHead(createRpcClient(config.chainRpc));
  const index = createIndexClient({ url: config.indexUrl, log, metrics, head });
  const store = createScoreStore(redis);
  const news = await createReputationNews(redis, index, log);
  const scoring = startScoringService({
    redis,
    store,
    lease: createLeaderLease(redis),
    chain: createChainViewIndex(index),
    log,
    metrics,
  });
  const sources = {
    store,
    staking: createStakingIndex(index),
    yields: createYieldIndex(index, SCALES),
    disputes: createDisputeIndex(index),
    stats: createStatsIndex(index),
    modelOffers: createModelOffersIndex(index),
  };
  return createSubgraph<ReputationContext>({
    name: 'reputation',
    log,
    metrics,
    identitySecret: config.identitySecret,
    ...reputationSchema,
    createContext: () => ({ reputations: loadReputations(sources), news }),
    ready: async () => void (await redis.ping()),
    close: async () => {
      await scoring.close();
      await news.close();
      redis.destroy();
    },
  });
}
