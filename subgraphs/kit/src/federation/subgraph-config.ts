import { readFile } from 'node:fs/promises';
import {
  type Address,
  AssayError,
  type Deployment,
  deploymentSchema,
  lowerAddress,
} from '@assay/wire';
import { z } from 'zod';
import { parseConfig, secretText } from '../process/config.ts';
import { LOG_LEVELS, type Log } from '../process/log.ts';

/** What every read-side subgraph needs; the embedded mode passes one object to all of them. */
export interface SubgraphConfig {
  readonly redisUrl: string;
  /** graph-node's GraphQL endpoint of the `thegraph/` subgraph. */
  readonly indexUrl: string;
  readonly chainRpc: string;
  readonly deployment: Deployment;
  readonly gateway: Address;
  readonly hostedKey: Address;
  readonly gatewayFeePpm: number;
  /** Shared with the gateway; signs the identity header. */
  readonly identitySecret: string;
  readonly log: Log;
}

const address = z
  .string()
  .regex(/^0x[0-9a-fA-F]{40}$/, 'must be an address')
  .transform(lowerAddress);

/** The environment of a subgraph that runs as its own process. */
export const subgraphEnvironment = z.object({
  REDIS_URL: z.url(),
  ASSAY_INDEX_URL: z.url(),
  ASSAY_CHAIN_RPC: z.url(),
  ASSAY_DEPLOYMENT: z.string().min(1),
  ASSAY_IDENTITY_SECRET: secretText(32),
  ASSAY_GATEWAY_FEE_PPM: z.coerce.number().int().min(0).max(50_000).default(10_000),
  ASSAY_GATEWAY_ADDRESS: address,
  ASSAY_HOSTED_KEY_ADDRESS: address,
  HOST: z.string().default('127.0.0.1'),
  PORT: z.coerce.number().int().min(0).max(65_535),
  LOG_LEVEL: z.enum(LOG_LEVELS).default('info'),
});
export type SubgraphEnvironment = z.infer<typeof subgraphEnvironment>;

/** @throws N904 for missing or wrong variables. */
export function parseSubgraphEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): SubgraphEnvironment {
  return parseConfig(subgraphEnvironment, env);
}

/** @throws N904 where the deployment's file is missing or malformed. */
export async function subgraphConfigOf(
  env: SubgraphEnvironment,
  log: Log,
): Promise<SubgraphConfig> {
  return {
    redisUrl: env.REDIS_URL,
    indexUrl: env.ASSAY_INDEX_URL,
    chainRpc: env.ASSAY_CHAIN_RPC,
    deployment: await readDeployment(env.ASSAY_DEPLOYMENT),
    gateway: env.ASSAY_GATEWAY_ADDRESS,
    hostedKey: env.ASSAY_HOSTED_KEY_ADDRESS,
    gatewayFeePpm: env.ASSAY_GATEWAY_FEE_PPM,
    identitySecret: env.ASSAY_IDENTITY_SECRET,
    log,
  };
}

/** Reads where the contracts live, as the deployment wrote it. */
export async function readDeployment(path: string): Promise<Deployment> {
  try {
    return deploymentSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (cause) {
    const details = { problems: [`ASSAY_DEPLOYMENT: ${path} is not a deployment's JSON file`] };
    throw new AssayError('N904', { cause, details });
  }
}
