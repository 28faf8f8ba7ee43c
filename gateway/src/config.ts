import { hostList, LOG_LEVELS, parseConfig, secretText } from '@assay/kit';
import { z } from 'zod';

const privateKey = z.string().regex(/^0x[0-9a-f]{64}$/, 'a 0x private key, lower case');
const optionalUrl = z.url().optional();

const serverSchema = z.object({
  HOST: z.string().default('127.0.0.1'),
  /** 0 takes any free port; the ready line says which. */
  PORT: z.coerce.number().int().min(0).max(65_535).default(4000),
  REDIS_URL: optionalUrl,
  /** Shared with the subgraphs; signs who is asking. At least 32 characters. */
  ASSAY_IDENTITY_SECRET: secretText(32),
  /** How clients and providers reach this gateway; `http://HOST:PORT` where absent. */
  ASSAY_PUBLIC_URL: optionalUrl,
  BLOB_DIR: z.string().min(1),
  LOG_LEVEL: z.enum(LOG_LEVELS).default('info'),
  /** Requests a minute for one bearer token, or for one address without a token. */
  ASSAY_RATE_LIMIT: z.coerce.number().int().positive().default(60_000),
  /** Off behind no proxy. On, the client's address is the last one of X-Forwarded-For. */
  ASSAY_TRUST_PROXY: z.stringbool().default(false),
  /** Evidence of open disputes; the directory `evidence` beside BLOB_DIR where absent. */
  ASSAY_EVIDENCE_DIR: z.string().min(1).optional(),
  /** Largest evidence taken. One at a time is read into memory, to be checked. */
  ASSAY_EVIDENCE_BYTES: z.coerce
    .number()
    .int()
    .positive()
    .default(64 * 1024 * 1024),
});

const embeddedSchema = serverSchema.extend({
  ASSAY_MODE: z.literal('embedded'),
  REDIS_URL: z.url(),
  ASSAY_INDEX_URL: z.url(),
  ASSAY_CHAIN_RPC: z.url(),
  /** Path of the deployment's JSON. */
  ASSAY_DEPLOYMENT: z.string().min(1),
  ASSAY_GATEWAY_KEY: privateKey,
  ASSAY_HOSTED_KEY: privateKey,
  ASSAY_GATEWAY_FEE_PPM: z.coerce.number().int().min(0).max(50_000).default(10_000),
  /** Smallest deposit that this gateway relays, in payment units. */
  ASSAY_MIN_DEPOSIT: z.coerce.bigint().nonnegative().default(10_000n),
  /** How long a running attempt waits for its provider's broken link. */
  ASSAY_RESUME_GRACE_MS: z.coerce.number().int().min(0).max(10_000).default(500),
  /** Comma separated: where providers reach the link, if not only at the host of ASSAY_PUBLIC_URL. */
  ASSAY_LINK_HOSTS: hostList,
});

const distributedSchema = serverSchema.extend({
  ASSAY_MODE: z.literal('distributed'),
  /** Each serves GraphQL over HTTP and, at the same path, over WebSocket. */
  ASSAY_SUBGRAPH_MODELS_URL: z.url(),
  ASSAY_SUBGRAPH_PROVIDERS_URL: z.url(),
  ASSAY_SUBGRAPH_JOBS_URL: z.url(),
  ASSAY_SUBGRAPH_REPUTATION_URL: z.url(),
  /** Where the jobs server answers `connectJobsPort`; its GraphQL origin where absent. */
  ASSAY_JOBS_PORT_URL: optionalUrl,
  /** Both, and the evidence of disputes is exchanged here; without them it is not. */
  ASSAY_CHAIN_RPC: optionalUrl,
  ASSAY_DEPLOYMENT: z.string().min(1).optional(),
});

const configSchema = z.discriminatedUnion('ASSAY_MODE', [embeddedSchema, distributedSchema]);

export type EmbeddedConfig = z.infer<typeof embeddedSchema>;
export type DistributedConfig = z.infer<typeof distributedSchema>;
export type GatewayConfig = z.infer<typeof configSchema>;

/** Reads the environment once. Throws N904 naming every variable that is missing or wrong, never its value. */
export function readConfig(
  environment: Readonly<Record<string, string | undefined>>,
): GatewayConfig {
  const given = Object.entries(environment).filter(([, value]) => value !== '');
  return parseConfig(configSchema, { ASSAY_MODE: 'embedded', ...Object.fromEntries(given) });
}
