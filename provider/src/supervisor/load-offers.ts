import { join } from 'node:path';
import {
  type Address,
  AssayError,
  type Deployment,
  execClassId,
  type Hex,
  modelIdOf,
  offerIdOf,
} from '@assay/wire';
import type { Logger } from 'pino';
import { type BundleStore, createBundleStore, type StoredBundle } from '../bundle/bundle-store.ts';
import type { FetchProgress } from '../bundle/fetch-file.ts';
import { machineClass } from '../bundle/machine-class.ts';
import { recallSelfTest } from '../bundle/recall-self-test.ts';
import { verifyClass } from '../bundle/verify-class.ts';
import { modelsAbi, registryAbi } from '../chain/abi.ts';
import type { Chain } from '../chain/chain.ts';
import type { ModelConfig } from '../config.ts';
import type { RuntimeOptions } from '../inference/messages.ts';
import type { LoadedConfig } from '../load-config.ts';
import type { ServedOffer } from './serve/served-offer.ts';
import type { SlotPool } from './slots/slot-types.ts';

const CEILING_FACTOR = 4n;

/** What the config says of one model, with its files in place and its ids computed. */
export interface ConfiguredModel {
  readonly config: ModelConfig;
  readonly bundle: StoredBundle;
  readonly modelId: Hex;
  readonly className: string;
  readonly execClass: Hex;
  readonly ceiling: bigint;
}

export interface ModelContext {
  readonly chain: Chain;
  readonly deployment: Deployment;
  readonly store: BundleStore;
  readonly runtime: RuntimeOptions;
  /** Hears of files that are downloaded. */
  readonly onProgress?: FetchProgress;
  /** Gives a download up. */
  readonly signal?: AbortSignal | undefined;
}

/** One thread a child: more change nothing but the load. */
export function runtimeOf({ runtime }: Pick<LoadedConfig, 'runtime'>): RuntimeOptions {
  return { ...runtime, threads: 1 };
}

export function bundleStoreIn(dataDir: string): BundleStore {
  return createBundleStore(`${dataDir}/bundles`);
}

/** Brings a configured model's files in and finds its ids. Throws M600 to M604, P320 or P322. */
export async function resolveModel(
  config: ModelConfig,
  { chain, deployment, store, runtime, onProgress, signal }: ModelContext,
): Promise<ConfiguredModel> {
  const bundle = await store.importSource(config.bundle, {
    ...(onProgress && { onProgress }),
    ...(signal && { signal }),
  });
  const models = deployment.contracts.ModelRegistry;
  const publisher =
    config.publisher ??
    ((await chain.call({
      to: models,
      abi: modelsAbi,
      name: 'publisherOf',
      args: [config.modelId],
    })) as string);
  const modelId = modelIdOf(publisher.toLowerCase() as Address, bundle.manifestHash);
  if (config.modelId !== undefined && config.modelId !== modelId)
    throw new AssayError('M602', {
      details: { bundle: config.bundle, configured: config.modelId, computed: modelId, publisher },
      hint: 'The bundle’s manifest is not the one registered under this modelId: fetch that version, or correct modelId.',
    });
  const className = config.execClass ?? classOnThisMachine(bundle, runtime);
  await verifyClass(className, {
    ops: bundle.manifest.ops,
    runtime,
    selfTest: (options) => recallSelfTest(options, join(store.modelsDir, '../self-test.json')),
  });
  const ceiling = config.priceCeiling ?? config.price * CEILING_FACTOR;
  if (ceiling < config.price)
    throw new AssayError('P320', {
      details: { bundle: config.bundle, reason: 'priceCeiling is below price' },
    });
  return { config, bundle, modelId, className, execClass: execClassId(className), ceiling };
}

/** Guessing another class would compare this machine's outputs with those of different ones, and cost it its stake. */
function classOnThisMachine({ manifest }: StoredBundle, runtime: RuntimeOptions): string {
  const here = machineClass(runtime, { ops: manifest.ops });
  const names = manifest.classes.map(({ name }) => name);
  if (names.includes(here)) return here;
  throw new AssayError('P320', {
    details: { model: manifest.name, classes: names, thisMachine: here },
    hint: 'The model has no execution class for this machine: ask its publisher to add one, or set models[].execClass if you know that it computes alike.',
  });
}

/** Loads a model into the pool and reads its offer and class from the chain. */
export async function loadOffer(
  model: ConfiguredModel,
  {
    chain,
    deployment,
    pool,
    provider,
    log,
  }: { chain: Chain; deployment: Deployment; pool: SlotPool; provider: Address; log: Logger },
): Promise<ServedOffer> {
  const { bundle, modelId, execClass, config } = model;
  const { ModelRegistry, ProviderRegistry } = deployment.contracts;
  const [[scale], offer, profile] = await Promise.all([
    chain.call({
      to: ModelRegistry,
      abi: modelsAbi,
      name: 'classOf',
      args: [modelId, execClass],
    }) as Promise<[bigint, bigint]>,
    chain.call({
      to: ProviderRegistry,
      abi: registryAbi,
      name: 'offerOf',
      args: [provider, modelId],
    }) as Promise<{ priceCeiling: bigint; validUntil: bigint; execClass: string }>,
    pool.load({ modelId, directory: bundle.directory, manifest: bundle.manifest }),
  ]);
  if (scale === 0n)
    throw new AssayError('P322', {
      details: {
        modelId,
        execClass: model.className,
        reason: 'the model has no such execution class on chain',
      },
      hint: 'Ask the publisher to register the model with this class, or set models[].execClass to one it has.',
    });
  const fault = offerFault(offer, execClass);
  if (fault)
    log.warn(
      { modelId, bundle: bundle.manifest.name, fault },
      'the offer on chain will not be routed to; run `assay-provider register`',
    );
  const ceiling =
    offer.priceCeiling > 0n && offer.priceCeiling < model.ceiling
      ? offer.priceCeiling
      : model.ceiling;
  return {
    modelId,
    offerId: offerIdOf(provider, modelId),
    execClass,
    manifest: bundle.manifest,
    basis: { manifestHash: bundle.manifestHash, scale: Number(scale) },
    price: config.price < ceiling ? config.price : ceiling,
    ceiling,
    surge: config.surge,
    msPerUnit: profile.msPerUnit + profile.msPerRun,
  };
}

export function offerFault(
  offer: { priceCeiling: bigint; validUntil: bigint; execClass: string },
  execClass: Hex,
): string | undefined {
  if (offer.priceCeiling === 0n) return 'no offer on chain';
  if (offer.validUntil * 1000n < BigInt(Date.now())) return 'the offer has expired';
  if (offer.execClass !== execClass) return 'the offer names another execution class';
  return undefined;
}
