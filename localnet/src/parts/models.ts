import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execClassId, manifestBytes, manifestHash, modelIdOf, parseManifest } from '@assay/wire';
import { Contract, JsonRpcProvider, NonceManager, Wallet } from 'ethers';
import type { Context } from './context.ts';
import type { Contracts } from './contracts.ts';
import { ROOT } from './node-process.ts';

/** The models this network serves: `name/version` under `provider/models/`. */
const SERVED = ['pp-ocr-v4-rec/1', 'silero-vad/6', 'char-lm/1'];

const REGISTRY = [
  'function register(bytes manifest, bytes32 manifestHash, tuple(bytes32 execClass, uint32 scale, uint32 tolerance)[] classList, uint32 royaltyPpm, string uri) returns (bytes32)',
];
const ROYALTY_PPM = 20_000;

export interface Bundle {
  readonly name: string;
  readonly modelId: string;
  readonly directory: string;
  /** What is metered: request, second or token. */
  readonly unit: string;
}

/** Registers every model on chain; what a bundle is named by is its content. */
export function publishModels(
  context: Context,
  chain: { readonly url: string },
  contracts: Contracts,
): Promise<readonly Bundle[]> {
  return context.reporter.stage('models published', async (note) => {
    const rpc = new JsonRpcProvider(chain.url, undefined, {
      staticNetwork: true,
      pollingInterval: 50,
    });
    const { publisher } = context.actors;
    const signer = new NonceManager(new Wallet(publisher.privateKey, rpc));
    const registry = new Contract(contracts.deployment.contracts.ModelRegistry, REGISTRY, signer);
    try {
      const published = await Promise.all(
        SERVED.map((path) => publish(registry, publisher.address, path)),
      );
      note(published.map(({ name }) => name).join(', '));
      return published;
    } finally {
      rpc.destroy();
    }
  });
}

async function publish(
  registry: Contract,
  publisher: `0x${string}`,
  path: string,
): Promise<Bundle> {
  const directory = join(ROOT, 'provider/models', path);
  const manifest = parseManifest(readFileSync(join(directory, 'manifest.json')));
  const hash = manifestHash(manifest);
  const classes = manifest.classes.map(({ name, scale, tolerance }) => [
    execClassId(name),
    scale,
    tolerance,
  ]);
  const register = registry.getFunction('register');
  const sent = await register(
    manifestBytes(manifest),
    hash,
    classes,
    ROYALTY_PPM,
    `file://${directory}`,
  );
  await sent.wait();
  return {
    name: manifest.name,
    modelId: modelIdOf(publisher, hash),
    directory,
    unit: manifest.unit,
  };
}
