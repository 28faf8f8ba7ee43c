import type { Context } from './context.ts';
import type { Contracts } from './contracts.ts';
import type { Bundle } from './models.ts';
import { registerProvider } from './register-provider.ts';
import { type RunningProvider, runProvider } from './run-provider.ts';

/** All providers on chain: keys, stake, offers. Answers their configuration files. */
export function registerProviders(
  context: Context,
  parts: {
    chain: { readonly url: string };
    contracts: Contracts;
    bundles: readonly Bundle[];
    providerLink: string;
    graphql: string;
  },
): Promise<readonly string[]> {
  const { chain, contracts, ...rest } = parts;
  const facts = { rpcUrl: chain.url, deployment: contracts.deployment, ...rest };
  return context.reporter.stage('providers on chain', async (note) => {
    const { providers } = context.actors;
    const files = await Promise.all(
      providers.map((actor) => registerProvider(context, actor, facts)),
    );
    note(`${files.length} staked, each with ${facts.bundles.length} offers`);
    return files;
  });
}

/** Starts all registered providers at once. */
export function runProviders(
  context: Context,
  configFiles: readonly string[],
): Promise<readonly RunningProvider[]> {
  context.signal.throwIfAborted();
  return context.reporter.stage('providers', async (note) => {
    const { providers } = context.actors;
    const running = await Promise.all(
      providers.map((actor, index) => runProvider(context, actor, configFiles[index] ?? '')),
    );
    note(providers.map(({ name, region }) => `${name} (${region})`).join(', '));
    return running;
  });
}
