import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Hex, signIdentity } from '@assay/wire';
import { type ExecutionResult, parse } from 'graphql';
import { createClient } from 'redis';
// The processes of a local network are a test's furniture.
import { startRedis } from '../../../localnet/src/processes/index.ts';
import { createLog } from '../src/process/log.ts';
import type { Redis } from '../src/process/redis.ts';
import type { Subgraph } from '../src/subgraph.ts';
import { startCountingProxy } from './counting-proxy.ts';
import { type MockIndexOptions, startMockIndex } from './mock-index.ts';

const SECRET = 'the identity secret of the subgraph tests';
const SOMEBODY: Hex = `0x${'11'.repeat(20)}`;
/** Nothing listens there. */
const NOWHERE = 'http://127.0.0.1:9';

/** A real Redis behind a counting proxy, a made-up index, and the configuration of a subgraph over both. */
export async function startBacking(options: MockIndexOptions = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'assay-subgraph-'));
  const server = await startRedis({ logFile: join(dir, 'redis.log'), dataDir: join(dir, 'data') });
  const proxy = await startCountingProxy(Number(new URL(server.url).port));
  const index = await startMockIndex(options);
  const redis = createClient({ url: server.url });
  await redis.connect();
  const contracts = ['TestUSD', 'AssayToken', 'Staking', 'SessionEscrow'];
  const config = {
    redisUrl: `redis://127.0.0.1:${proxy.port}`,
    indexUrl: index.url,
    chainRpc: NOWHERE,
    identitySecret: SECRET,
    gateway: SOMEBODY,
    hostedKey: SOMEBODY,
    gatewayFeePpm: 10_000,
    log: createLog('test', 'silent'),
    deployment: {
      chainId: 31_337,
      deployBlock: 0,
      contracts: Object.fromEntries(contracts.map((name) => [name, SOMEBODY])) as never,
    },
  };
  return {
    config,
    index,
    proxy,
    redis: redis as unknown as Redis,
    async close() {
      redis.destroy();
      proxy.close();
      await index.close();
      await server.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Asks a subgraph as the gateway would. */
export function ask(
  subgraph: Pick<Subgraph, 'execute'>,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<ExecutionResult> {
  const identityHeader = signIdentity({ requestId: 'test' }, SECRET, Date.now());
  return subgraph.execute({ document: parse(query), variables, identityHeader });
}
