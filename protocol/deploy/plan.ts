import {
  assayTokenAbi,
  blockhashRandomnessAbi,
  committeeAbi,
  disputeManagerAbi,
  governanceAbi,
  modelRegistryAbi,
  providerRegistryAbi,
  sessionEscrowAbi,
  stakingAbi,
  testUsdAbi,
} from '@assay/wire';
import { Interface, type InterfaceAbi, ZeroAddress } from 'ethers';
import { addressOf } from './deterministic-deployer.ts';
import * as bytecode from './generated/index.ts';
import type { DeployParameters } from './parameters.ts';

/** What the compiler says must stand on chain: a hash, and the words a constructor fills in. */
export interface Runtime {
  readonly hash: string;
  readonly immutables: readonly number[];
}

export interface PlannedContract {
  readonly name: string;
  readonly address: string;
  /** Absent where the contract was there before: a payment token of the chain's own. */
  readonly creationCode?: string;
  readonly runtime?: Runtime;
}

type Addresses = Readonly<Record<string, string>>;
interface Recipe {
  readonly name: string;
  readonly abi: InterfaceAbi;
  readonly bytecode: string;
  readonly runtime: Runtime;
  readonly args: (at: Addresses) => readonly unknown[];
}

/** In order of deployment: constructors may call what stands above them. */
function recipes(parameters: DeployParameters, deployer: string): Recipe[] {
  const governor = parameters.governor ?? deployer;
  const proposers =
    governor.toLowerCase() === deployer.toLowerCase() ? [governor] : [governor, deployer];
  const { minWindow, thawMargin } = parameters;
  return [
    {
      name: 'AssayToken',
      abi: assayTokenAbi,
      bytecode: bytecode.assayTokenBytecode,
      runtime: bytecode.RUNTIME.assayToken,
      args: () => [governor, parameters.stakeSupply],
    },
    {
      name: 'Timelock',
      abi: governanceAbi,
      bytecode: bytecode.governanceBytecode,
      runtime: bytecode.RUNTIME.governance,
      // No delay, and a deployer that may propose, until the contracts know each other: `settleGovernance` ends both.
      // Anyone may execute what is due.
      args: () => [
        0,
        parameters.timelockDelay,
        proposers,
        [ZeroAddress],
        parameters.guardian ?? governor,
      ],
    },
    {
      name: 'Staking',
      abi: stakingAbi,
      bytecode: bytecode.stakingBytecode,
      runtime: bytecode.RUNTIME.staking,
      args: (at) => [
        at.Timelock,
        at.AssayToken,
        at.TestUSD,
        parameters.minThawPeriod,
        parameters.staking,
      ],
    },
    {
      name: 'ModelRegistry',
      abi: modelRegistryAbi,
      bytecode: bytecode.modelRegistryBytecode,
      runtime: bytecode.RUNTIME.modelRegistry,
      args: (at) => [at.Timelock],
    },
    {
      name: 'ProviderRegistry',
      abi: providerRegistryAbi,
      bytecode: bytecode.providerRegistryBytecode,
      runtime: bytecode.RUNTIME.providerRegistry,
      args: (at) => [at.Timelock, at.Staking, at.ModelRegistry],
    },
    {
      name: 'SessionEscrow',
      abi: sessionEscrowAbi,
      bytecode: bytecode.sessionEscrowBytecode,
      runtime: bytecode.RUNTIME.sessionEscrow,
      args: (at) => [
        at.Timelock,
        at.TestUSD,
        at.Staking,
        at.ModelRegistry,
        at.ProviderRegistry,
        parameters.treasury ?? governor,
        minWindow,
        parameters.escrow,
      ],
    },
    {
      name: 'BlockhashRandomness',
      abi: blockhashRandomnessAbi,
      bytecode: bytecode.blockhashRandomnessBytecode,
      runtime: bytecode.RUNTIME.blockhashRandomness,
      args: () => [],
    },
    {
      name: 'Committee',
      abi: committeeAbi,
      bytecode: bytecode.committeeBytecode,
      runtime: bytecode.RUNTIME.committee,
      args: (at) => [at.ProviderRegistry, at.Staking],
    },
    {
      name: 'DisputeManager',
      abi: disputeManagerAbi,
      bytecode: bytecode.disputeManagerBytecode,
      runtime: bytecode.RUNTIME.disputeManager,
      args: (at) => [
        {
          governance: at.Timelock,
          stakeToken: at.AssayToken,
          staking: at.Staking,
          escrow: at.SessionEscrow,
          models: at.ModelRegistry,
          providers: at.ProviderRegistry,
          committee: at.Committee,
          randomness: at.BlockhashRandomness,
          minWindow,
          thawMargin,
        },
        parameters.disputes,
      ],
    },
  ];
}

function planned(recipe: Recipe, at: Addresses): Required<PlannedContract> {
  const args = new Interface(recipe.abi).encodeDeploy(recipe.args(at));
  const creationCode = recipe.bytecode + args.slice(2);
  return {
    name: recipe.name,
    address: addressOf(creationCode),
    creationCode,
    runtime: recipe.runtime,
  };
}

/** What stands where, known before anything is sent. `TestUSD` is the payment token, whatever it is on this chain. */
export function planContracts(parameters: DeployParameters, deployer: string): PlannedContract[] {
  const token: PlannedContract =
    parameters.paymentToken === undefined
      ? planned(
          {
            name: 'TestUSD',
            abi: testUsdAbi,
            bytecode: bytecode.testUsdBytecode,
            runtime: bytecode.RUNTIME.testUsd,
            args: () => [],
          },
          {},
        )
      : { name: 'TestUSD', address: parameters.paymentToken };
  const plan = [token];
  const at: Record<string, string> = { TestUSD: token.address };
  for (const recipe of recipes(parameters, deployer)) {
    const next = planned(recipe, at);
    at[next.name] = next.address;
    plan.push(next);
  }
  return plan;
}
