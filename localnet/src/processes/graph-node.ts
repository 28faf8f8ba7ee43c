import { dirname } from 'node:path';
import { type Child, startChild } from './child-process.ts';
import { claimPort, freePort } from './free-port.ts';
import { startIpfsStub } from './ipfs-stub.ts';
import { packageFile } from './package-file.ts';
import { pollUntil } from './poll-until.ts';

export interface GraphNodeOptions {
  /** A manifest with its `build/` directory beside it. */
  manifest: string;
  /** An empty database, or the one this chain was indexed into before: never another chain's. */
  databaseUrl: string;
  rpcUrl: string;
  /** The chain's name in the manifest. */
  network: string;
  logFile: string;
  port?: number;
  env?: Readonly<Record<string, string>>;
}

export interface GraphNode extends Child {
  /** Where the subgraph answers GraphQL. */
  readonly url: string;
}

/** The real graph-node, serving one subgraph from files. Ready when `_meta` answers. */
export async function startGraphNode(options: GraphNodeOptions): Promise<GraphNode> {
  const { manifest, databaseUrl, rpcUrl, network, logFile } = options;
  const command = packageFile('graph-node', '@graphprotocol/gnd-linux-x64', 'bin/gnd');
  const http = await claimPort('graph-node', options.port);
  const [indexNode, admin, metrics] = [await freePort(), await freePort(), await freePort()];
  const url = `http://127.0.0.1:${http}/subgraphs/name/subgraph-0`;
  const ipfs = await startIpfsStub();
  const child = await startChild({
    name: 'graph-node',
    command,
    args: [
      'dev',
      ...['--manifests', manifest, '--ethereum-rpc', `${network}:${rpcUrl}`, '--ipfs', ipfs.url],
      ...['--http-port', `${http}`, '--index-node-port', `${indexNode}`],
      ...['--admin-port', `${admin}`, '--metrics-port', `${metrics}`],
    ],
    cwd: dirname(manifest),
    env: { ...SETTINGS, POSTGRES_URL: databaseUrl, ...options.env },
    logFile,
    ports: [http],
    ready: (signal) => pollUntil((each) => answersMeta(url, each), signal),
    readyTimeoutMs: 180_000,
  }).catch(async (error: unknown) => {
    await ipfs.stop();
    throw error;
  });
  void child.exited.then(() => ipfs.stop());
  return { ...child, url };
}

const SETTINGS = {
  // The default leaves the indexer behind for a minute after a reorg.
  GRAPH_CHAIN_HEAD_WATCHER_TIMEOUT: '1',
  ETHEREUM_POLLING_INTERVAL: '100',
  GRAPH_LOG: 'info',
  NO_COLOR: '1',
};

async function answersMeta(url: string, signal: AbortSignal): Promise<boolean> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ _meta { block { number } } }' }),
    signal,
  });
  const answer = (await response.json()) as { data?: { _meta?: { block?: unknown } | null } };
  return answer.data?._meta?.block !== undefined;
}
