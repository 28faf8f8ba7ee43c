import type { Address } from '@assay/wire';
import type { GraphqlLink } from './graphql-link.ts';
import { RemoteError } from './remote-error.ts';
import type { SigningDomain } from './typed-data.ts';

/** What a client must know of the network before it signs anything. */
export interface NetworkFacts {
  readonly chainId: number;
  readonly gateway: Address;
  readonly hostedKey: Address;
  readonly gatewayFeePpm: number;
  readonly minDeposit: bigint;
  /** The domain of grants and vouchers: the SessionEscrow contract. */
  readonly escrow: SigningDomain;
  /** The domain of the payment itself: the payment token. */
  readonly token: SigningDomain;
}

const QUERY = `{ network {
  chainId gateway hostedKey gatewayFeePpm
  paymentToken { address name version }
  contracts { name address }
  limits { minDeposit }
} }`;

interface Answer {
  readonly network: {
    readonly chainId: string;
    readonly gateway: Address;
    readonly hostedKey: Address;
    readonly gatewayFeePpm: number;
    readonly paymentToken: {
      readonly address: Address;
      readonly name: string;
      readonly version: string;
    };
    readonly contracts: readonly { readonly name: string; readonly address: Address }[];
    readonly limits: { readonly minDeposit: string };
  };
}

export async function readNetwork(link: GraphqlLink): Promise<NetworkFacts> {
  const { network } = await link.ask<Answer>(QUERY);
  const { gateway, hostedKey, gatewayFeePpm, paymentToken, contracts, limits } = network;
  const chainId = Number(network.chainId);
  const escrow = contracts.find(({ name }) => name === 'SessionEscrow')?.address;
  if (escrow === undefined)
    throw new RemoteError({ message: 'The network names no SessionEscrow.' });
  const { name, version, address } = paymentToken;
  return {
    chainId,
    gateway,
    hostedKey,
    gatewayFeePpm,
    minDeposit: BigInt(limits.minDeposit),
    escrow: { name: 'Assay', version: '1', chainId, verifyingContract: escrow },
    token: { name, version, chainId, verifyingContract: address },
  };
}
