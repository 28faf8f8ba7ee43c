import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Address,
  type Hex,
  manifestHash,
  modelIdOf,
  parseManifest,
  signerOf,
} from '@assay/wire';
import { pino } from 'pino';
import { type LoadedConfig, loadConfig } from '../src/load-config.ts';
import { type RunningProvider, startProvider } from '../src/supervisor/start-provider.ts';
import { ChainDouble } from './chain-double.ts';
import { GatewayDouble, hex32 } from './gateway-double.ts';

const BUNDLE = join(import.meta.dirname, '../models/char-lm/1');

/** A provider with the character model, its real slot pool and journal, against doubles of gateway and chain. */
export interface Harness {
  readonly chain: ChainDouble;
  readonly gateway: GatewayDouble;
  readonly config: LoadedConfig;
  readonly configFile: string;
  readonly provider: Address;
  readonly receiptKey: Address;
  readonly modelId: Hex;
  readonly sessionId: Hex;
  running: RunningProvider;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Fields of the config that differ, or what makes them of the gateway. */
export type ConfigChange = object | ((gateway: GatewayDouble, chain: ChainDouble) => object);

export async function prepareHarness(
  change: ConfigChange = {},
  bundle = BUNDLE,
): Promise<Omit<Harness, 'running' | 'restart' | 'stop'> & { close(): Promise<void> }> {
  const directory = mkdtempSync(join(tmpdir(), 'assay-provider-'));
  const chain = await new ChainDouble().start();
  const { chainId, contracts } = chain.deployment;
  const gateway = await GatewayDouble.start({
    chainId,
    verifyingContract: contracts.SessionEscrow,
  });
  const secret = hex32();
  const receiptKey = signerOf(secret).address;
  const provider = signerOf(hex32()).address;
  chain.keys.set(receiptKey, provider);
  const sessionId = hex32();
  chain.sessions.set(sessionId, {
    key: gateway.sessionKey.address,
    gateway: gateway.address,
    state: 1,
    balance: 1_000_000n,
  });
  writeFileSync(join(directory, 'receipt.key'), secret, { mode: 0o600 });
  const configFile = join(directory, 'provider.json');
  writeFileSync(
    configFile,
    JSON.stringify({
      dataDir: 'data',
      chain: { rpcUrls: [chain.url], deployment: chain.deployment, pollMs: 100 },
      keys: { receiptKey: { privateKeyFile: 'receipt.key' } },
      marketplaces: [{ url: gateway.url, gateway: gateway.address }],
      models: [{ bundle, publisher: chain.publisher, price: '10' }],
      settlement: { claimEverySeconds: 3_600, minClaim: '1', gasFactor: 0 },
      energy: { method: 'off' },
      logLevel: process.env.PROVIDER_TEST_LOG ?? 'silent',
      ...(typeof change === 'function' ? change(gateway, chain) : change),
    }),
  );
  const modelId = modelIdOf(
    chain.publisher,
    manifestHash(parseManifest(readFileSync(join(bundle, 'manifest.json')))),
  );
  const config = loadConfig(configFile);
  return {
    chain,
    gateway,
    config,
    configFile,
    provider,
    receiptKey,
    modelId,
    sessionId,
    async close() {
      await gateway.stop();
      await chain.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export async function startHarness(change: ConfigChange = {}, bundle = BUNDLE): Promise<Harness> {
  const prepared = await prepareHarness(change, bundle);
  const log = pino({ level: prepared.config.logLevel });
  const start = () => startProvider({ config: prepared.config, environment: {}, log });
  const running = await start().catch(async (error) => {
    await prepared.close();
    throw error;
  });
  const harness: Harness = {
    ...prepared,
    running,
    async restart() {
      await harness.running.stop('restart');
      harness.running = await start();
    },
    async stop() {
      await harness.running.stop('test over');
      await prepared.close();
    },
  };
  return harness;
}
