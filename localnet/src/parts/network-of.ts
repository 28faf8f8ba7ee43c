import { type Network, networkSchema } from '@assay/wire';
import type { Addresses } from './addresses.ts';
import type { Context } from './context.ts';
import type { Contracts } from './contracts.ts';
import type { Bundle } from './models.ts';

/** What a client of this network needs to know, in the form of `network.json`. */
export function networkOf(
  context: Context,
  parts: {
    addresses: Addresses;
    chain: { readonly url: string; readonly chainId: number };
    contracts: Contracts;
    index: { readonly url: string };
    hotState: { readonly url: string };
    bundles: readonly Bundle[];
  },
): Network {
  const { addresses, chain, contracts, index, hotState, bundles } = parts;
  const { origin } = addresses.gateway;
  const { gateway, hostedKey, payer, providers } = context.actors;
  return {
    graphql: `${origin}/graphql`,
    graphqlWs: `${origin.replace('http', 'ws')}/graphql`,
    rest: origin,
    providerLink: addresses.providerLink,
    chainRpc: chain.url,
    chainId: chain.chainId,
    indexGraphql: index.url,
    redisUrl: hotState.url,
    gateway: gateway.address,
    hostedKey: hostedKey.address,
    contracts: networkSchema.shape.contracts.parse(contracts.deployment.contracts),
    models: Object.fromEntries(bundles.map(({ name, modelId }) => [name, modelId])),
    providers: providers.map(({ owner }) => owner.address),
    demo: { payerPrivateKey: payer.privateKey },
  };
}
