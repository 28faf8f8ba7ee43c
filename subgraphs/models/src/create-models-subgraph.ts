import {
  connectRedis,
  createChainHead,
  createIndexClient,
  createLiveDirectory,
  createMetrics,
  createRpcClient,
  createSubgraph,
  type SchemaParts,
  type ServableSubgraph,
  type SubgraphConfig,
} from '@assay/kit';
import type { Hex } from '@assay/wire';
import { createModelIndex } from './adapters/index-models.ts';
import { loadModels } from './adapters/load-models.ts';
import type { ModelsContext } from './schema/context.ts';
import { ModelResolver } from './schema/model-resolver.ts';

export type ModelsConfig = Pick<
  SubgraphConfig,
  'redisUrl' | 'indexUrl' | 'chainRpc' | 'identitySecret' | 'log'
>;

/** The classes behind this subgraph's part of the API. */
export const modelsSchema: SchemaParts<ModelsContext> = {
  resolvers: [ModelResolver],
  references: { Model: ({ id }, { models }) => models.find(id as Hex) },
};

/** The `models` subgraph: what models are, found by text, task, publisher, price and liveness. */
export async function createModelsSubgraph(config: ModelsConfig): Promise<ServableSubgraph> {
  const log = config.log.child({ subgraph: 'models' });
  const metrics = createMetrics('models');
  const redis = await connectRedis(config.redisUrl, log);
  const head = createChainHead(createRpcClient(config.chainRpc));
  const index = createModelIndex(createIndexClient({ url: config.indexUrl, log, metrics, head }));
  const live = createLiveDirectory(redis);
  return createSubgraph<ModelsContext>({
    name: 'models',
    log,
    metrics,
    identitySecret: config.identitySecret,
    ...modelsSchema,
    createContext: () => ({ models: loadModels(index, live) }),
    ready: async () => void (await redis.ping()),
    close: async () => redis.destroy(),
  });
}
