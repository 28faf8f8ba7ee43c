import { readFile } from 'node:fs/promises';
import { hostList, LOG_LEVELS, parseConfig, secretText } from '@assay/kit';
import { deploymentSchema, type Hex } from '@assay/wire';
import { z } from 'zod';
import type { JobsConfig } from './jobs-config.ts';

const privateKey = z
  .string()
  .regex(/^0x[0-9a-f]{64}$/, 'a 0x private key, lower case')
  .meta({ secret: true })
  .transform((key) => key as Hex);

const schema = z.object({
  HOST: z.string().default('127.0.0.1'),
  /** 0 takes any free port. */
  PORT: z.coerce.number().int().min(0).max(65_535).default(4003),
  REDIS_URL: z.url(),
  /** Comma separated; the later ones stand in for the earlier. */
  ASSAY_CHAIN_RPC: z
    .string()
    .transform((text) => text.split(',').map((url) => url.trim()))
    .pipe(z.array(z.url()).min(1)),
  /** Path of the deployment's JSON. */
  ASSAY_DEPLOYMENT: z.string().min(1),
  ASSAY_GATEWAY_KEY: privateKey,
  ASSAY_HOSTED_KEY: privateKey,
  ASSAY_GATEWAY_FEE_PPM: z.coerce.number().int().min(0).max(50_000).default(10_000),
  ASSAY_IDENTITY_SECRET: secretText(32),
  ASSAY_INDEX_URL: z.url(),
  ASSAY_PUBLIC_URL: z.url(),
  BLOB_DIR: z.string().min(1),
  /** Payment units. */
  ASSAY_MIN_DEPOSIT: z.coerce.bigint().nonnegative().default(10_000n),
  /** How long a running attempt waits for its provider's broken link. */
  ASSAY_RESUME_GRACE_MS: z.coerce.number().int().min(0).max(10_000).default(500),
  /** Comma separated: where providers reach the link, if not only at the host of ASSAY_PUBLIC_URL. */
  ASSAY_LINK_HOSTS: hostList,
  LOG_LEVEL: z.enum(LOG_LEVELS).default('info'),
});

export type JobsEnvironment = z.infer<typeof schema>;

/** Reads the environment once. Throws N904 naming every variable that is missing or wrong. */
export function readEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): JobsEnvironment {
  const given = Object.entries(environment).filter(([, value]) => value !== '');
  return parseConfig(schema, Object.fromEntries(given));
}

export async function readConfig(
  env: JobsEnvironment,
  log: JobsConfig['log'],
): Promise<JobsConfig> {
  const deployment = deploymentSchema.parse(
    JSON.parse(await readFile(env.ASSAY_DEPLOYMENT, 'utf8')),
  );
  return {
    redisUrl: env.REDIS_URL,
    chainRpcUrls: env.ASSAY_CHAIN_RPC,
    deployment,
    gatewayKey: env.ASSAY_GATEWAY_KEY,
    hostedKey: env.ASSAY_HOSTED_KEY,
    gatewayFeePpm: env.ASSAY_GATEWAY_FEE_PPM,
    identitySecret: env.ASSAY_IDENTITY_SECRET,
    indexUrl: env.ASSAY_INDEX_URL,
    publicUrl: env.ASSAY_PUBLIC_URL,
    blobDir: env.BLOB_DIR,
    minDeposit: env.ASSAY_MIN_DEPOSIT,
    resumeGraceMs: env.ASSAY_RESUME_GRACE_MS,
    linkHosts: env.ASSAY_LINK_HOSTS,
    log,
  };
}
