import { HDNodeWallet, Mnemonic } from 'ethers';

/** The mnemonic every local development chain funds; its keys are public knowledge and worthless elsewhere. */
const MNEMONIC = 'test test test test test test test test test test test junk';
const PATH = "m/44'/60'/0'/0/";

/** Accounts that anvil is asked to fund. */
export const FUNDED_ACCOUNTS = 16;

export interface Actor {
  readonly address: `0x${string}`;
  readonly privateKey: `0x${string}`;
}
export interface ProviderActor {
  readonly name: string;
  readonly region: string;
  readonly owner: Actor;
  readonly receiptKey: Actor;
}
export interface Actors {
  readonly deployer: Actor;
  readonly gateway: Actor;
  readonly publisher: Actor;
  /** The client of the demonstration: holds payment tokens. */
  readonly payer: Actor;
  readonly hostedKey: Actor;
  readonly providers: readonly ProviderActor[];
}

const REGIONS = ['eu-central', 'us-east', 'ap-south'] as const;

/** Who takes part in a local network; the same addresses on every start. */
export function actors(): Actors {
  const root = HDNodeWallet.fromMnemonic(Mnemonic.fromPhrase(MNEMONIC), PATH.slice(0, -1));
  const actor = (index: number): Actor => {
    const { address, privateKey } = root.deriveChild(index);
    return {
      address: address.toLowerCase() as `0x${string}`,
      privateKey: privateKey as `0x${string}`,
    };
  };
  return {
    deployer: actor(0),
    gateway: actor(1),
    publisher: actor(2),
    payer: actor(3),
    hostedKey: actor(FUNDED_ACCOUNTS),
    providers: REGIONS.map((region, index) => ({
      name: `provider-${index + 1}`,
      region,
      owner: actor(4 + index),
      receiptKey: actor(FUNDED_ACCOUNTS + 1 + index),
    })),
  };
}
