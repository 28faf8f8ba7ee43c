import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepareManifest } from '@assay/thegraph';
import type { Deployment } from '@assay/wire';
import { type GraphNode, startGraphNode } from './graph-node.ts';
import type { Postgres } from './postgres.ts';

export interface IndexOptions {
  deployment: Deployment;
  rpcUrl: string;
  postgres: Pick<Postgres, 'createDatabase' | 'dropDatabase'>;
  logFile: string;
  /** The GraphQL port; absent: any free one. */
  port?: number;
  /** One database for each chain: the genesis block of another would be refused. */
  database?: string;
}

const NETWORK = 'localnet';
let started = 0;

/** Builds the subgraph if its sources changed, and indexes one deployment into a fresh database. */
export async function startIndex(options: IndexOptions): Promise<GraphNode> {
  const { deployment, rpcUrl, postgres, logFile, port } = options;
  const database = options.database ?? `index-${process.pid}-${++started}`;
  const directory = mkdtempSync(join(tmpdir(), 'assay-index-'));
  const cleanUp = () => rmSync(directory, { recursive: true, force: true });
  try {
    const [manifest, databaseUrl] = await Promise.all([
      prepareManifest(deployment, directory, { network: NETWORK }),
      postgres.createDatabase(database),
    ]);
    const node = await startGraphNode({
      ...{ manifest, databaseUrl, rpcUrl, logFile },
      ...{ network: NETWORK, ...(port !== undefined && { port }) },
    });
    void node.exited.then(cleanUp);
    return node;
  } catch (error) {
    cleanUp();
    throw error;
  }
}
