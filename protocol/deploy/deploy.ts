import { type Deployment, deploymentSchema } from '@assay/wire';
import { JsonRpcProvider, type Provider, type Signer, Wallet } from 'ethers';
import { DeploymentError } from './deployment-error.ts';
import { creationCall, ensureFactory } from './deterministic-deployer.ts';
import { findDeployBlock } from './find-deploy-block.ts';
import { fundAccounts } from './fund-accounts.ts';
import { type DeployParameters, localParameters } from './parameters.ts';
import { type PlannedContract, planContracts } from './plan.ts';
import { sendAll } from './send-all.ts';
import { settleGovernance } from './settle-governance.ts';
import { readDeployment, writeDeployment } from './state-file.ts';

export interface DeployOptions {
  readonly rpcUrl: string;
  readonly deployerKey: string;
  /** Where the result is also written; an earlier one is only asked for its deploy block. */
  readonly statePath?: string;
  /** Those of a local network where absent. */
  readonly parameters?: DeployParameters;
  readonly onProgress?: (step: string, done: number, total: number) => void;
}

/**
 * Deploys Assay's contracts, or finishes a deployment that was interrupted, or finds one that is complete: the same
 * code, parameters and deployer always give the same addresses.
 */
export async function deploy(options: DeployOptions): Promise<Deployment> {
  const provider = new JsonRpcProvider(options.rpcUrl, undefined, {
    cacheTimeout: -1,
    pollingInterval: 50,
  });
  try {
    return await run(provider, new Wallet(options.deployerKey, provider), options);
  } finally {
    provider.destroy();
  }
}

async function run(
  provider: Provider,
  signer: Wallet,
  options: DeployOptions,
): Promise<Deployment> {
  const parameters = options.parameters ?? localParameters;
  const { chainId } = await provider.getNetwork();
  const plan = planContracts(parameters, signer.address);
  const at = Object.fromEntries(plan.map(({ name, address }) => [name, address.toLowerCase()]));
  const total = plan.length + 2;

  await ensureFactory(provider, signer);
  const createdIn = await createMissing(provider, signer, plan);
  await verify(provider, plan);
  options.onProgress?.('contracts', plan.length, total);
  await settleGovernance(signer, {
    timelock: at.Timelock ?? '',
    staking: at.Staking ?? '',
    disputeManager: at.DisputeManager ?? '',
    delay: parameters.timelockDelay,
  });
  options.onProgress?.('governance', plan.length + 1, total);
  const tokens = { payment: at.TestUSD ?? '', stake: at.AssayToken ?? '' };
  await fundAccounts(signer, tokens, parameters.fund);
  options.onProgress?.('accounts', total, total);

  const deployBlock = createdIn ?? (await earlierBlock(provider, plan, Number(chainId), options));
  const deployment = deploymentSchema.parse({
    chainId: Number(chainId),
    deployBlock,
    contracts: at,
  });
  if (options.statePath !== undefined) writeDeployment(options.statePath, deployment);
  return deployment;
}

/** Returns the first block of a deployment that this run began. */
async function createMissing(
  provider: Provider,
  signer: Signer,
  plan: readonly PlannedContract[],
): Promise<number | undefined> {
  const codes = await Promise.all(plan.map(({ address }) => provider.getCode(address)));
  const missing = plan.filter(
    ({ creationCode }, i) => creationCode !== undefined && codes[i] === '0x',
  );
  const calls = missing.map(({ creationCode }) => creationCall(creationCode ?? ''));
  const receipts = calls.length === 0 ? [] : await sendAll(signer, calls);
  const fresh =
    missing.length === plan.filter((contract) => contract.creationCode !== undefined).length;
  return fresh ? receipts[0]?.blockNumber : undefined;
}

/** Code at a CREATE2 address can only come from the planned creation code; so it is enough that there is any. */
async function verify(provider: Provider, plan: readonly PlannedContract[]): Promise<void> {
  for (const { name, address } of plan) {
    if ((await provider.getCode(address)) === '0x')
      throw new DeploymentError(`${name} is missing at ${address}; run the deployment again.`);
  }
}

async function earlierBlock(
  provider: Provider,
  plan: readonly PlannedContract[],
  chainId: number,
  { statePath }: DeployOptions,
): Promise<number> {
  const earlier = statePath === undefined ? undefined : readDeployment(statePath);
  const escrow = plan.find(({ name }) => name === 'SessionEscrow')?.address.toLowerCase() ?? '';
  if (earlier?.chainId === chainId && earlier.contracts.SessionEscrow === escrow)
    return earlier.deployBlock;
  const first = plan.find(({ creationCode }) => creationCode !== undefined);
  return findDeployBlock(provider, first?.address ?? '');
}
