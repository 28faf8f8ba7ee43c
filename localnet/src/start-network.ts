import { join, resolve } from 'node:path';
import type { AssayError, Network } from '@assay/wire';
import { actors } from './actors.ts';
import { writeNetworkFile } from './network-file.ts';
import { type Addresses, chooseAddresses } from './parts/addresses.ts';
import { awaitMarket } from './parts/await-market.ts';
import { startChain } from './parts/chain.ts';
import {
  buildMappings,
  indexUrlAt,
  startChainIndex,
  startIndexDatabase,
} from './parts/chain-index.ts';
import { type Context, prepareDirectory } from './parts/context.ts';
import { deployContracts } from './parts/contracts.ts';
import { startHotState } from './parts/hot-state.ts';
import { startMarketplace } from './parts/marketplace.ts';
import { publishModels } from './parts/models.ts';
import { networkOf } from './parts/network-of.ts';
import { ROOT } from './parts/node-process.ts';
import { registerProviders, runProviders } from './parts/providers.ts';
import type { RunningProvider } from './parts/run-provider.ts';
import { createReporter, type Reporter, silentView } from './report/reporter.ts';
import { takeRunLock } from './run-lock.ts';
import { StopStack } from './stop-stack.ts';
import { Watch } from './watch.ts';

export interface NetworkOptions {
  /** Each subgraph its own process instead of inside the gateway. */
  readonly distributed?: boolean;
  /** Where `network.json`, logs and state go. */
  readonly dir?: string;
  readonly reporter?: Reporter;
  /** The gateway's port; any free one where absent. */
  readonly port?: number | undefined;
  /** A Redis to use instead of an own one. */
  readonly redisUrl?: string | undefined;
  /** Gives up a start that is under way. */
  readonly signal?: AbortSignal;
}

export interface RunningNetwork {
  readonly network: Network;
  readonly networkFile: string;
  readonly providers: readonly RunningProvider[];
  /** Settles with the reason when a part dies that nobody stopped; never rejects. */
  readonly broken: Promise<AssayError>;
  stop(): Promise<void>;
}

/** The whole of Assay on this machine, on a fresh chain, each part started when what it needs is ready. */
export async function startNetwork(options: NetworkOptions = {}): Promise<RunningNetwork> {
  const dir = resolve(options.dir ?? join(ROOT, '.localnet'));
  const stack = new StopStack();
  const release = takeRunLock(dir);
  await stack.defer(release);
  const failed = new AbortController();
  const context: Context = {
    ...prepareDirectory(dir),
    actors: actors(),
    reporter: options.reporter ?? createReporter(silentView),
    signal: AbortSignal.any([failed.signal, ...(options.signal ? [options.signal] : [])]),
    stack,
    watch: new Watch(() => stack.stopped),
  };
  try {
    return await start(context, options);
  } catch (error) {
    failed.abort(error);
    await stack.stop();
    throw error;
  }
}

async function start(context: Context, options: NetworkOptions): Promise<RunningNetwork> {
  const { distributed = false, port, redisUrl } = options;
  const addresses = await chooseAddresses({ distributed, port });
  const [{ chain, contracts, bundles, configFiles }, hotState, postgres] = await Promise.all([
    startOnChain(context, addresses),
    startHotState(context, redisUrl),
    startIndexDatabase(context),
    buildMappings(context),
  ]);
  const { deployment, file: deploymentFile } = contracts;
  const foundations = {
    redisUrl: hotState.url,
    rpcUrl: chain.url,
    indexUrl: indexUrlAt(addresses.index),
    deploymentFile,
  };
  const [index] = await Promise.all([
    startChainIndex(context, { chain, postgres, deployment, port: addresses.index.port }),
    startMarketplace(context, foundations, addresses),
  ]);
  const providers = await runProviders(context, configFiles);
  const network = networkOf(context, { addresses, chain, contracts, index, hotState, bundles });
  await awaitMarket(context, network);
  const networkFile = join(context.dir, 'network.json');
  writeNetworkFile(networkFile, network);
  const { stack, watch } = context;
  return { network, networkFile, providers, broken: watch.broken, stop: () => stack.stop() };
}

/** The chain and all that stands on it before anybody serves. Models come before providers: an offer names one. */
async function startOnChain(context: Context, { gateway, providerLink }: Addresses) {
  const chain = await startChain(context);
  const contracts = await deployContracts(context, chain);
  const bundles = await publishModels(context, chain, contracts);
  const marketplace = { providerLink, graphql: `${gateway.origin}/graphql` };
  const facts = { chain, contracts, bundles, ...marketplace };
  return { chain, contracts, bundles, configFiles: await registerProviders(context, facts) };
}
