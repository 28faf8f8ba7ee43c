import { buildIndex } from '@assay/thegraph';
import type { Deployment } from '@assay/wire';
import type { GraphNode } from '../processes/graph-node.ts';
import { type Postgres, startPostgres } from '../processes/postgres.ts';
import { startIndex } from '../processes/start-index.ts';
import type { Place } from './addresses.ts';
import type { Context } from './context.ts';
import { startPart } from './start-part.ts';

export function startIndexDatabase(context: Context): Promise<Postgres> {
  return startPart(context, 'postgres', async (note) => {
    const postgres = await startPostgres({ logFile: context.log('postgres') });
    note(`process ${postgres.pid}`);
    return postgres;
  });
}

/** Compiles the mappings, once for each content of their sources. */
export function buildMappings(context: Context): Promise<void> {
  return context.reporter.stage('mappings', async (note) => {
    await buildIndex();
    note('compiled');
  });
}

/** Known before it starts, so that what reads it can start beside it. */
export const indexUrlAt = ({ origin }: Place): string => `${origin}/subgraphs/name/subgraph-0`;

/** The real graph-node over this chain's events. */
export function startChainIndex(
  context: Context,
  parts: {
    chain: { readonly url: string };
    deployment: Deployment;
    postgres: Postgres;
    port: number;
  },
): Promise<GraphNode> {
  const { chain, deployment, postgres, port } = parts;
  return startPart(context, 'index', async (note) => {
    const index = await startIndex({
      deployment,
      postgres,
      port,
      rpcUrl: chain.url,
      logFile: context.log('graph-node'),
    });
    note(`graph-node ${index.url}`);
    return index;
  });
}
