import { randomBytes } from 'node:crypto';
import { pollUntil } from '../processes/poll-until.ts';
import type { Addresses } from './addresses.ts';
import { askGraphql } from './ask-graphql.ts';
import type { Context } from './context.ts';
import { startNodeProcess } from './node-process.ts';
import { startPart } from './start-part.ts';
import { startSubgraphs } from './subgraphs.ts';

/** What the marketplace's servers build on. */
export interface Foundations {
  readonly redisUrl: string;
  readonly rpcUrl: string;
  readonly indexUrl: string;
  readonly deploymentFile: string;
}

/** The gateway with the four subgraphs inside, or in front of four processes. */
export async function startMarketplace(
  context: Context,
  foundations: Foundations,
  addresses: Addresses,
): Promise<void> {
  const { gateway, subgraphs } = addresses;
  const secret = randomBytes(32).toString('hex');
  const common = commonEnvironment({ context, foundations, secret, publicUrl: gateway.origin });
  if (subgraphs !== undefined) await startSubgraphs(context, subgraphs, common);
  await startPart(context, 'gateway', (note) => {
    note(`${gateway.origin}/graphql`);
    return startNodeProcess({
      name: 'gateway',
      file: 'gateway/src/main.ts',
      tsx: true,
      env: { ...common, ...modeEnvironment(subgraphs), PORT: `${gateway.port}` },
      logFile: context.log('gateway'),
      ports: [gateway.port],
      signal: context.signal,
      ready: (signal) =>
        pollUntil((each) => answers(`${gateway.origin}/graphql`, each), signal, 100),
    });
  });
}

function commonEnvironment(facts: {
  context: Context;
  foundations: Foundations;
  secret: string;
  publicUrl: string;
}): Record<string, string> {
  const { context, foundations, secret, publicUrl } = facts;
  const { gateway, hostedKey } = context.actors;
  return {
    HOST: '127.0.0.1',
    REDIS_URL: foundations.redisUrl,
    BLOB_DIR: context.place('blobs'),
    ASSAY_PUBLIC_URL: publicUrl,
    ASSAY_INDEX_URL: foundations.indexUrl,
    ASSAY_CHAIN_RPC: foundations.rpcUrl,
    ASSAY_DEPLOYMENT: foundations.deploymentFile,
    ASSAY_IDENTITY_SECRET: secret,
    ASSAY_GATEWAY_KEY: gateway.privateKey,
    ASSAY_HOSTED_KEY: hostedKey.privateKey,
    ASSAY_GATEWAY_ADDRESS: gateway.address,
    ASSAY_HOSTED_KEY_ADDRESS: hostedKey.address,
  };
}

function modeEnvironment(subgraphs: Addresses['subgraphs']): Record<string, string> {
  if (subgraphs === undefined) return { ASSAY_MODE: 'embedded' };
  return {
    ASSAY_MODE: 'distributed',
    ASSAY_SUBGRAPH_MODELS_URL: `${subgraphs.models.origin}/graphql`,
    ASSAY_SUBGRAPH_PROVIDERS_URL: `${subgraphs.providers.origin}/graphql`,
    ASSAY_SUBGRAPH_JOBS_URL: `${subgraphs.jobs.origin}/graphql`,
    ASSAY_SUBGRAPH_REPUTATION_URL: `${subgraphs.reputation.origin}/graphql`,
  };
}

/** Ready is: the federated API answers, through a subgraph, from the index. */
async function answers(url: string, signal: AbortSignal): Promise<boolean> {
  const answer = await askGraphql(
    url,
    '{ network { chainId } models(first: 1) { totalCount } }',
    signal,
  );
  return answer?.network !== undefined;
}
