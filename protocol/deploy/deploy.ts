import { type Deployment, deploymentSchema } from '@assay/wire';
import { JsonRpcProvider, type Provider, type Signer, Wallet } from 'ethers';
import { awaitInFlight } from './await-in-flight.ts';
import { creationCall, ensureFactory } from './deterministic-deployer.ts';
import { findDeployBlock } from './find-deploy-block.ts';
import { fundAccounts } from './fund-accounts.ts';
import { type DeployParameters, localParameters } from './parameters.ts';
import { type PlannedContract, planContracts } from './plan.ts';
import { probePaymentToken } from './probe-payment-token.ts';
import { sendAll } from './send-all.ts';
import { settleGovernance } from './settle-governance.ts';
import { readDeployment, writeDeployment } from './state-file.ts';
import { verifyContracts } from './verify-contracts.ts';

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

  if (parameters.paymentToken !== undefined)
    await probePaymentToken(provider, parameters.paymentToken);
  await awaitInFlight(provider, signer.address);
  await ensureFactory(provider, signer);
  const createdIn = await createMissing(provider, signer, plan);
  await verifyContracts(provider, plan);
  options.onProgress?.('contracts', plan.length, total);
  const governor = parameters.governor ?? signer.address;
  await settleGovernance(signer, {
    timelock: at.Timelock ?? '',
    staking: at.Staking ?? '',
    disputeManager: at.DisputeManager ?? '',
    governor,
    delay: parameters.timelockDelay,
  });
  options.onProgress?.('governance', plan.length + 1, total);
  const own = {
    ...(parameters.paymentToken === undefined ? { payment: at.TestUSD } : {}),
    ...(governor.toLowerCase() === signer.address.toLowerCase() ? { stake: at.AssayToken } : {}),
  };
  await fundAccounts(signer, own, parameters.fund);
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
