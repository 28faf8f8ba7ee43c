import type { Address } from '@assay/wire';

export interface Token {
  readonly address: Address;
  readonly name: string;
  readonly version: string;
  readonly symbol: string;
  readonly decimals: number;
}

export interface Network {
  readonly chainId: bigint;
  readonly paymentToken: Token;
  readonly stakeToken: Token;
  readonly contracts: readonly { readonly name: string; readonly address: Address }[];
  readonly gateway: Address;
  readonly hostedKey: Address;
  readonly gatewayFeePpm: number;
  /** What stands behind the gateway's guarantees, thawing part left out. */
  readonly bond: bigint;
  /** At most this much is guaranteed and unclaimed: the balances of the gateway's sessions. */
  readonly guaranteed: bigint;
  readonly freshness: { indexedBlock: number; lagSeconds: number; stale: boolean };
  readonly limits: {
    readonly minDeposit: bigint;
    readonly maxGraphqlBytes: number;
    readonly maxBlobBytes: bigint;
    readonly retentionSeconds: number;
  };
}

export interface NetworkReader {
  read(): Promise<Network>;
}
