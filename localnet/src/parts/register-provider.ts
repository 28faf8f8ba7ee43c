import { mkdirSync, writeFileSync } from 'node:fs';
import type { Deployment } from '@assay/wire';
import type { ProviderActor } from '../actors.ts';
import type { Context } from './context.ts';
import type { Bundle } from './models.ts';
import { runToEnd } from './run-to-end.ts';

/** Payment units (6 decimals) for one metering unit while idle; each provider adds a little, so that prices differ. */
const PRICES: Readonly<Record<string, number>> = { request: 200, second: 50, token: 10 };

export interface ProviderFacts {
  readonly rpcUrl: string;
  readonly deployment: Deployment;
  readonly bundles: readonly Bundle[];
  readonly providerLink: string;
  readonly graphql: string;
}

/** Writes a provider's keys and configuration, and registers, stakes and offers on chain. */
export async function registerProvider(
  context: Context,
  actor: ProviderActor,
  facts: ProviderFacts,
): Promise<string> {
  const place = context.place(actor.name);
  mkdirSync(place, { recursive: true, mode: 0o700 });
  const keyFile = (name: string, key: string) => {
    const file = `${place}/${name}.key`;
    writeFileSync(file, key, { mode: 0o600 });
    return file;
  };
  const file = `${place}/provider.json`;
  const config = configuration(context, actor, {
    ...facts,
    receiptKeyFile: keyFile('receipt', actor.receiptKey.privateKey),
    ownerKeyFile: keyFile('owner', actor.owner.privateKey),
  });
  writeFileSync(file, JSON.stringify(config, null, 2));
  await runToEnd({
    name: actor.name,
    args: ['provider/src/main.ts', 'register', '--config', file, '--yes'],
    logFile: context.log(actor.name),
    signal: context.signal,
  });
  return file;
}

function configuration(
  context: Context,
  actor: ProviderActor,
  facts: ProviderFacts & { receiptKeyFile: string; ownerKeyFile: string },
) {
  const { rpcUrl, deployment, bundles, providerLink, graphql } = facts;
  const dearer = context.actors.providers.indexOf(actor);
  return {
    dataDir: context.place(actor.name, 'data'),
    chain: { rpcUrls: [rpcUrl], deployment, pollMs: 500 },
    keys: {
      receiptKey: { privateKeyFile: facts.receiptKeyFile },
      ownerKey: { privateKeyFile: facts.ownerKeyFile },
    },
    marketplaces: [{ url: providerLink, gateway: context.actors.gateway.address, graphql }],
    models: bundles.map(({ modelId, directory, unit }) => {
      const price = Math.round((PRICES[unit] ?? 100) * (1 + 0.05 * dearer));
      return { bundle: directory, modelId, price: `${price}`, priceCeiling: `${price * 4}` };
    }),
    slots: { count: 1, spare: 1 },
    // Claims at once, so that a first job is seen on chain within seconds.
    settlement: { claimEverySeconds: 2, minClaim: '1', gasFactor: 0 },
    registration: { region: actor.region },
    energy: { method: 'off' },
    hardware: `local network, ${actor.region}`,
  };
}
