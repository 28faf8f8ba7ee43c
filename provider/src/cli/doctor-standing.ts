import { type Address, lowerAddress } from '@assay/wire';
import { registryAbi, stakingAbi } from '../chain/abi.ts';
import type { Visit } from './doctor-finding.ts';
import { amountText } from './show.ts';

/** What a claim of a few vouchers takes, generously. */
const CLAIM_GAS = 250_000n;
/** The hot key also answers disputes, at gas prices nobody chooses. */
const CLAIMS = 20n;
const NOBODY = `0x${'00'.repeat(20)}`;

/** What the chain holds of this provider: gas, registration, stake. Answers the owner. */
export async function checkStanding(visit: Visit, key: Address): Promise<Address | undefined> {
  await checkGas(visit, key);
  const { config, chain, add } = visit;
  const to = config.chain.deployment.contracts.ProviderRegistry;
  const owner = lowerAddress(
    String(await chain.call({ to, abi: registryAbi, name: 'ownerOfKey', args: [key] })),
  );
  if (owner === NOBODY) {
    add({
      verdict: 'fail',
      subject: 'registration',
      found: 'the receipt key is not registered',
      fix: 'Run `assay-provider register`.',
    });
    return undefined;
  }
  add({ verdict: 'ok', subject: 'registration', found: `provider ${owner}` });
  await checkStake(visit, owner);
  return owner;
}

async function checkGas({ chain, add }: Visit, key: Address): Promise<void> {
  const [balance, fees] = await chain.read((rpc) =>
    Promise.all([rpc.getBalance(key), rpc.getFeeData()]),
  );
  const perClaim = (fees.maxFeePerGas ?? fees.gasPrice ?? 0n) * CLAIM_GAS;
  const claims = perClaim === 0n ? CLAIMS : balance / perClaim;
  const subject = 'gas for claims';
  const found = `${amountText(balance, 18)} ETH on the receipt key, ${balance > 0n ? `about ${claims} claim(s) at today’s fee` : 'not one claim'}`;
  if (balance > 0n && claims >= CLAIMS) add({ verdict: 'ok', subject, found });
  else
    add({
      verdict: 'warn',
      subject,
      found,
      fix: `Send at least ${amountText(perClaim * CLAIMS, 18)} ETH to ${key}, or run \`assay-provider register\`, which keeps registration.gasForReceiptKey there.`,
    });
}

async function checkStake({ config, chain, add }: Visit, owner: Address): Promise<void> {
  const to = config.chain.deployment.contracts.Staking;
  const [active, { minStake }] = (await Promise.all([
    chain.call({ to, abi: stakingAbi, name: 'activeStake', args: [owner] }),
    chain.call({ to, abi: stakingAbi, name: 'parameters', args: [] }),
  ])) as [bigint, { minStake: bigint }];
  const found = `${amountText(active, 18)} staked, ${amountText(minStake, 18)} needed`;
  if (active >= minStake) add({ verdict: 'ok', subject: 'stake', found });
  else
    add({
      verdict: 'fail',
      subject: 'stake',
      found,
      fix: 'Raise registration.stake and run `assay-provider register`.',
    });
}
