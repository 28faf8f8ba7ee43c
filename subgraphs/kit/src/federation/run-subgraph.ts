import { AssayError } from '@assay/wire';
import { maskConfig } from '../process/config.ts';
import { createLog } from '../process/log.ts';
import { createShutdown } from '../process/shutdown.ts';
import type { SubgraphName } from '../subgraph.ts';
import type { ServableSubgraph } from './create-subgraph.ts';
import { serveSubgraph } from './serve-subgraph.ts';
import {
  parseSubgraphEnvironment,
  type SubgraphConfig,
  subgraphConfigOf,
  subgraphEnvironment,
} from './subgraph-config.ts';

type Create = (config: SubgraphConfig) => Promise<ServableSubgraph>;
type Environment = Readonly<Record<string, string | undefined>>;

/** A subgraph as its own process: reads the environment, serves, and ends on SIGINT or SIGTERM. */
export async function runSubgraph(
  name: SubgraphName,
  create: Create,
  env: Environment,
): Promise<void> {
  try {
    await start(name, create, env);
  } catch (error) {
    const reason = error instanceof AssayError ? error.toJSON() : String(error);
    createLog(name).fatal({ reason }, 'subgraph cannot start');
    process.exit(1);
  }
}

async function start(name: SubgraphName, create: Create, env: Environment): Promise<void> {
  const parsed = parseSubgraphEnvironment(env);
  const log = createLog(name, parsed.LOG_LEVEL);
  log.info({ config: maskConfig(subgraphEnvironment, parsed) }, 'configuration');
  const shutdown = createShutdown(log);
  shutdown.onSignals();
  const subgraph = await create(await subgraphConfigOf(parsed, log));
  shutdown.add(name, () => subgraph.close());
  const served = await serveSubgraph(subgraph, { host: parsed.HOST, port: parsed.PORT });
  shutdown.add('server', () => served.close());
  log.info({ url: served.url }, 'subgraph ready');
}
