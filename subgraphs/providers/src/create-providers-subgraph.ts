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
import { type Address, lowerAddress } from '@assay/wire';
import { createTransactionBuilder } from './adapters/build-transaction.ts';
import { createProviderIndex } from './adapters/index-providers.ts';
import { loadProviders } from './adapters/load-providers.ts';
import { createNetworkReader } from './adapters/read-network.ts';
import { createScoreReader } from './adapters/score-reader.ts';
import type { ProvidersContext } from './schema/context.ts';
import { NetworkResolver } from './schema/network-resolver.ts';
import { ModelOffersResolver, OfferResolver, unknownProvider } from './schema/offer-resolver.ts';
import { ProviderResolver } from './schema/provider-resolver.ts';
import { Model } from './schema/provider-type.ts';

export type ProvidersConfig = SubgraphConfig;

/** The classes behind this subgraph's part of the API. */
export const providersSchema: SchemaParts<ProvidersContext> = {
  resolvers: [ProviderResolver, OfferResolver, ModelOffersResolver, NetworkResolver],
  orphanedTypes: [Model],
  references: {
    Provider: ({ id }, { providers }) => findProvider(lowerAddress(String(id)), providers),
    Model: ({ id }) => ({ id }),
  },
};

/** The `providers` subgraph: who serves what at which price, the network, and transactions for wallets. */
export async function createProvidersSubgraph(config: ProvidersConfig): Promise<ServableSubgraph> {
  const log = config.log.child({ subgraph: 'providers' });
  const metrics = createMetrics('providers');
  const redis = await connectRedis(config.redisUrl, log);
  const rpc = createRpcClient(config.chainRpc);
  const client = createIndexClient({
    url: config.indexUrl,
    log,
    metrics,
    head: createChainHead(rpc),
  });
  const sources = {
    index: createProviderIndex(client),
    live: createLiveDirectory(redis),
    scores: createScoreReader(redis),
  };
  const network = createNetworkReader(client, rpc, config);
  const transactions = createTransactionBuilder(rpc, config.deployment);
  return createSubgraph<ProvidersContext>({
    name: 'providers',
    log,
    metrics,
    identitySecret: config.identitySecret,
    ...providersSchema,
    createContext: () => ({ providers: loadProviders(sources), network, transactions }),
    ready: async () => void (await redis.ping()),
    close: async () => redis.destroy(),
  });
}

async function findProvider(id: Address, providers: ProvidersContext['providers']) {
  return (await providers.find(id)) ?? unknownProvider(id);
}
