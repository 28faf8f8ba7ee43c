import { createJobsMarket } from '@assay/jobs';
import { type Log, readDeployment } from '@assay/kit';
import { createModelsSubgraph } from '@assay/models';
import { createProvidersSubgraph } from '@assay/providers';
import { createReputationSubgraph } from '@assay/reputation';
import { type Hex, signerOf } from '@assay/wire';
import type { Backend } from './backend.ts';
import type { EmbeddedConfig } from './config.ts';

/** The composition root of the embedded mode: the four subgraphs and the job market in this process. */
export async function createEmbeddedBackend(
  config: EmbeddedConfig,
  publicUrl: string,
  log: Log,
): Promise<Backend> {
  const [gatewayKey, hostedKey] = [config.ASSAY_GATEWAY_KEY as Hex, config.ASSAY_HOSTED_KEY as Hex];
  const shared = {
    redisUrl: config.REDIS_URL,
    indexUrl: config.ASSAY_INDEX_URL,
    deployment: await readDeployment(config.ASSAY_DEPLOYMENT),
    gatewayFeePpm: config.ASSAY_GATEWAY_FEE_PPM,
    identitySecret: config.ASSAY_IDENTITY_SECRET,
    log,
  };
  const readSide = {
    ...shared,
    chainRpc: config.ASSAY_CHAIN_RPC,
    gateway: signerOf(gatewayKey).address,
    hostedKey: signerOf(hostedKey).address,
  };
  const models = await createModelsSubgraph(readSide);
  const providers = await createProvidersSubgraph(readSide);
  const reputation = await createReputationSubgraph(readSide);
  const market = await createJobsMarket({
    ...shared,
    chainRpcUrls: [config.ASSAY_CHAIN_RPC],
    gatewayKey,
    hostedKey,
    publicUrl,
    blobDir: config.BLOB_DIR,
    minDeposit: config.ASSAY_MIN_DEPOSIT,
    resumeGraceMs: config.ASSAY_RESUME_GRACE_MS,
    linkHosts: config.ASSAY_LINK_HOSTS,
  });
  const readers = [models, providers, reputation];
  return {
    subgraphs: [...readers, market.subgraph],
    jobs: market.port,
    handleProviderUpgrade: (request, socket, head) =>
      market.handleProviderUpgrade(request, socket, head),
    async metrics() {
      const texts = readers.map((subgraph) => subgraph.registry.metrics());
      return [...(await Promise.all(texts)), await market.metrics()].join('\n');
    },
    async close() {
      await market.close();
      await Promise.all(readers.map((subgraph) => subgraph.close()));
    },
  };
}
