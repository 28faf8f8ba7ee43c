import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { AssayError, type Deployment, deploymentSchema } from '@assay/wire';
import { z } from 'zod';
import { configSchema, type ProviderConfig } from './config.ts';

/** A config with absolute paths and the deployment read. */
export type LoadedConfig = Omit<ProviderConfig, 'chain'> & {
  readonly chain: Omit<ProviderConfig['chain'], 'deployment'> & { readonly deployment: Deployment };
};

const refused = (file: string, reason: string, cause?: unknown): AssayError =>
  new AssayError('P320', { details: { file, reason }, cause });

function readJson(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw refused(file, 'cannot be read; `assay-provider init` writes one', cause);
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw refused(file, `is not JSON: ${(cause as Error).message}`, cause);
  }
}

function parse<T>(file: string, schema: z.ZodType<T>, json: unknown): T {
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw refused(file, z.prettifyError(parsed.error), parsed.error);
  return parsed.data;
}

/** Reads, validates and resolves a config file. Throws P320 that names the file and every wrong field. */
export function loadConfig(file: string): LoadedConfig {
  const path = resolve(file);
  const base = dirname(path);
  const config = parse(path, configSchema, readJson(path));
  const at = (relative: string): string => resolve(base, relative);
  const { deployment } = config.chain;
  return {
    ...config,
    dataDir: at(config.dataDir),
    keys: {
      ...config.keys,
      receiptKey: absoluteKey(config.keys.receiptKey, at),
      ...(config.keys.ownerKey && { ownerKey: absoluteKey(config.keys.ownerKey, at) }),
    },
    retention: {
      ...config.retention,
      ...(config.retention.keyFile !== undefined && { keyFile: at(config.retention.keyFile) }),
    },
    models: config.models.map((model) => ({ ...model, bundle: absoluteBundle(model.bundle, at) })),
    chain: {
      ...config.chain,
      deployment:
        typeof deployment === 'string'
          ? parse(at(deployment), deploymentSchema, readJson(at(deployment)))
          : deployment,
    },
  };
}

type Resolver = (relative: string) => string;

function absoluteKey<K extends ProviderConfig['keys']['receiptKey']>(key: K, at: Resolver): K {
  const entries = Object.entries(key).map(([name, file]) => [name, at(file as string)]);
  return Object.fromEntries(entries) as K;
}

const absoluteBundle = (bundle: string, at: Resolver): string =>
  /^(npm:|https?:)/.test(bundle) ? bundle : at(bundle);
