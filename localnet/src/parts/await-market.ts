import type { Network } from '@assay/wire';
import { z } from 'zod';
import { pollUntil } from '../processes/poll-until.ts';
import { processFailure } from '../processes/process-failure.ts';
import { askGraphql } from './ask-graphql.ts';
import type { Context } from './context.ts';

const PATIENCE_MS = 120_000;
const QUERY = `{
  models { totalCount }
  providers(filter: { liveOnly: true }) { totalCount edges { node { offers { edges { node { id } } } } } }
}`;

const answerSchema = z.object({
  models: z.object({ totalCount: z.number() }),
  providers: z.object({
    totalCount: z.number(),
    edges: z.array(
      z.object({ node: z.object({ offers: z.object({ edges: z.array(z.unknown()) }) }) }),
    ),
  }),
});

/** Waits until a client would see every model, every provider live, and every offer. */
export async function awaitMarket(context: Context, network: Network): Promise<void> {
  const wantedModels = Object.keys(network.models).length;
  const wantedProviders = network.providers.length;
  await context.reporter.stage('market', async (note) => {
    let seen = 'nothing yet';
    const isComplete = async (signal: AbortSignal) => {
      const answer = await askGraphql(network.graphql, QUERY, signal);
      const { models, providers } = answerSchema.parse(answer);
      const offers = providers.edges.reduce((sum, { node }) => sum + node.offers.edges.length, 0);
      seen = `${models.totalCount} models, ${providers.totalCount} live providers, ${offers} offers`;
      return (
        models.totalCount >= wantedModels &&
        providers.totalCount >= wantedProviders &&
        offers >= wantedModels * wantedProviders
      );
    };
    const signal = AbortSignal.any([context.signal, AbortSignal.timeout(PATIENCE_MS)]);
    await pollUntil(isComplete, signal, 150).catch((cause: unknown) => {
      throw processFailure('notReady', {
        process: 'market',
        hint: `expected ${wantedModels} models and ${wantedProviders} live providers, the API shows ${seen}. See the logs of the gateway and the providers.`,
        cause,
      });
    });
    note(seen);
  });
}
