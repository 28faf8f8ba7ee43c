import { type Anvil, startAnvil } from '@assay/localnet/processes';
import { deploy } from '@assay/protocol/deploy';
import {
  type ContractName,
  type Deployment,
  disputeManagerAbi,
  modelRegistryAbi,
  providerRegistryAbi,
  sessionEscrowAbi,
  stakingAbi,
  testUsdAbi,
} from '@assay/wire';
import { Interface, type InterfaceAbi } from 'ethers';

/** Anvil's first account. */
const DEPLOYER_KEY = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80';
const MOST_GAS = '0x2dc6c0';

export const INTERFACES = {
  Staking: new Interface(stakingAbi as unknown as InterfaceAbi),
  ModelRegistry: new Interface(modelRegistryAbi as unknown as InterfaceAbi),
  ProviderRegistry: new Interface(providerRegistryAbi as unknown as InterfaceAbi),
  SessionEscrow: new Interface(sessionEscrowAbi as unknown as InterfaceAbi),
  DisputeManager: new Interface(disputeManagerAbi as unknown as InterfaceAbi),
  TestUSD: new Interface(testUsdAbi as unknown as InterfaceAbi),
  AssayToken: new Interface(testUsdAbi as unknown as InterfaceAbi),
} as const;
export type Callable = keyof typeof INTERFACES;

export interface Chain {
  readonly anvil: Anvil;
  readonly deployment: Deployment;
  readonly accounts: readonly string[];
  /** Puts a transaction of any account into the next block; whether it succeeds shows in its events. */
  send(from: string, contract: Callable, method: string, ...args: unknown[]): Promise<void>;
  mine(seconds: number): Promise<void>;
  /** Replaces the last blocks by empty ones. */
  reorg(depth: number): Promise<void>;
  head(): Promise<{ number: number; hash: string; timestamp: number }>;
}

/** A real chain with Assay deployed, which mines when asked and lets the test act as any account. */
export async function startChain(directory: string): Promise<Chain> {
  const anvil = await startAnvil({ logFile: `${directory}/anvil.log` });
  const deployment = await deploy({ rpcUrl: anvil.url, deployerKey: DEPLOYER_KEY });
  await anvil.rpc('evm_setAutomine', false);
  await anvil.rpc('anvil_autoImpersonateAccount', true);
  const { DisputeManager } = deployment.contracts;
  await anvil.rpc('anvil_setBalance', DisputeManager, '0x56bc75e2d63100000');
  const accounts = (await anvil.rpc('eth_accounts')) as string[];
  return {
    anvil,
    deployment,
    accounts,
    send: async (from, contract, method, ...args) => {
      const data = INTERFACES[contract].encodeFunctionData(method, args);
      const to = deployment.contracts[contract as ContractName];
      await anvil.rpc('eth_sendTransaction', {
        from,
        to,
        data,
        gas: MOST_GAS,
        gasPrice: '0x77359400',
      });
    },
    mine: async (seconds) => {
      await anvil.rpc('evm_increaseTime', seconds);
      await anvil.rpc('evm_mine');
    },
    reorg: async (depth) => {
      await anvil.rpc('anvil_reorg', depth, []);
    },
    head: async () => {
      const block = (await anvil.rpc('eth_getBlockByNumber', 'latest', false)) as Record<
        string,
        string
      >;
      const { number = '', hash = '', timestamp = '' } = block;
      return { number: Number(number), hash, timestamp: Number(timestamp) };
    },
  };
}
