// biome-ignore lint/style/noRestrictedImports: the port's client is published beside its server
import { connectJobsPort } from '@assay/jobs';
import type { SubgraphName } from '@assay/kit';
import { signIdentity } from '@assay/wire';
import type { Backend } from './backend.ts';
import type { DistributedConfig } from './config.ts';
import { connectRemoteSubgraph } from './federation/remote-subgraph.ts';

/** The distributed mode: four subgraphs and the job market in other processes, found by their URLs. */
export async function connectDistributedBackend(
  config: DistributedConfig,
  signal: AbortSignal,
): Promise<Backend> {
  const secret = config.ASSAY_IDENTITY_SECRET;
  const identityHeader = () => signIdentity({ requestId: 'gateway' }, secret, Date.now());
  const urls: Record<SubgraphName, string> = {
    models: config.ASSAY_SUBGRAPH_MODELS_URL,
    providers: config.ASSAY_SUBGRAPH_PROVIDERS_URL,
    jobs: config.ASSAY_SUBGRAPH_JOBS_URL,
    reputation: config.ASSAY_SUBGRAPH_REPUTATION_URL,
  };
  const subgraphs = await Promise.all(
    Object.entries(urls).map(([name, url]) =>
      connectRemoteSubgraph({ name: name as SubgraphName, url, identityHeader, signal }),
    ),
  );
  const jobsUrl = config.ASSAY_JOBS_PORT_URL ?? new URL(urls.jobs).origin;
  const jobs = connectJobsPort({ url: jobsUrl, identitySecret: secret });
  return {
    subgraphs,
    jobs,
    metrics: async () => '',
    async close() {
      await Promise.all(subgraphs.map((subgraph) => subgraph.close()));
    },
  };
}
