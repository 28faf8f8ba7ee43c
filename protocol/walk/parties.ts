import {
  assayTokenAbi,
  type Deployment,
  disputeManagerAbi,
  modelRegistryAbi,
  providerRegistryAbi,
  sessionEscrowAbi,
  stakingAbi,
  testUsdAbi,
} from '@assay/wire';
import {
  Contract,
  type ContractTransactionReceipt,
  HDNodeWallet,
  type InterfaceAbi,
  JsonRpcProvider,
  Mnemonic,
  NonceManager,
} from 'ethers';

const MNEMONIC = Mnemonic.fromPhrase('test test test test test test test test test test test junk');
const NAMES = [
  'deployer',
  'publisher',
  'provider',
  'gateway',
  'payer',
  'delegator',
  'reporter',
] as const;
export type Party = (typeof NAMES)[number];

/** Anvil's accounts under the names of the walk, and a chain whose clock can be moved. */
export class Parties {
  readonly chain: JsonRpcProvider;
  readonly deployment: Deployment;
  readonly wallets: Readonly<Record<Party, HDNodeWallet>>;
  readonly #senders: Readonly<Record<Party, NonceManager>>;

  constructor(rpcUrl: string, deployment: Deployment) {
    this.chain = new JsonRpcProvider(rpcUrl, undefined, { cacheTimeout: -1, pollingInterval: 20 });
    this.deployment = deployment;
    const wallet = (index: number) =>
      HDNodeWallet.fromMnemonic(MNEMONIC, `m/44'/60'/0'/0/${index}`).connect(this.chain);
    this.wallets = byName((_, index) => wallet(index));
    this.#senders = byName((name) => new NonceManager(this.wallets[name]));
  }

  address(party: Party): string {
    return this.wallets[party].address;
  }

  readonly contracts = (party: Party) => {
    const {
      TestUSD,
      AssayToken,
      Staking,
      ModelRegistry,
      ProviderRegistry,
      SessionEscrow,
      DisputeManager,
    } = this.deployment.contracts;
    const at = (address: string, abi: InterfaceAbi) =>
      new Contract(address, abi, this.#senders[party]);
    return {
      usd: at(TestUSD, testUsdAbi),
      assay: at(AssayToken, assayTokenAbi),
      staking: at(Staking, stakingAbi),
      models: at(ModelRegistry, modelRegistryAbi),
      providers: at(ProviderRegistry, providerRegistryAbi),
      escrow: at(SessionEscrow, sessionEscrowAbi),
      disputes: at(DisputeManager, disputeManagerAbi),
    };
  };

  async now(): Promise<bigint> {
    const block = await this.chain.getBlock('latest');
    return BigInt(block?.timestamp ?? 0);
  }

  async later(seconds: number): Promise<void> {
    await this.chain.send('evm_increaseTime', [seconds]);
    await this.chain.send('evm_mine', []);
  }
}

/** Sends one call and waits for it. */
export async function run(
  contract: Contract,
  method: string,
  args: readonly unknown[],
): Promise<ContractTransactionReceipt> {
  const sent = await contract.getFunction(method)(...args);
  const receipt: ContractTransactionReceipt | null = await sent.wait();
  if (receipt?.status !== 1) throw new Error(`${method} failed`);
  return receipt;
}

export const read = <T>(contract: Contract, method: string, ...args: unknown[]): Promise<T> =>
  contract.getFunction(method)(...args);

function byName<T>(make: (name: Party, index: number) => T): Record<Party, T> {
  return Object.fromEntries(NAMES.map((name, index) => [name, make(name, index)])) as Record<
    Party,
    T
  >;
}
