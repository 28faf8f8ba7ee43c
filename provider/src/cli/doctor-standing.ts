import { type Address, lowerAddress } from '@assay/wire';
import { registryAbi, stakingAbi } from '../chain/abi.ts';
import { bundleStoreIn, offerFault, resolveModel, runtimeOf } from '../supervisor/load-offers.ts';
import type { Visit } from './doctor-finding.ts';
import { amountText } from './show.ts';

const MIN_GAS_WEI = 2_000_000_000_000_000n;
const NOBODY = `0x${'00'.repeat(20)}`;

/** What the chain holds of this provider: gas, registration, stake, offers. */
export async function checkStanding({ config, chain, add }: Visit, key: Address): Promise<void> {
  const { ProviderRegistry, Staking } = config.chain.deployment.contracts;
  const gas = await chain.read((rpc) => rpc.getBalance(key));
  if (gas >= MIN_GAS_WEI)
    add({ verdict: 'ok', subject: 'gas for claims', found: `${amountText(gas, 18)} ETH` });
  else
    add({
      verdict: 'warn',
      subject: 'gas for claims',
      found: `${amountText(gas, 18)} ETH`,
      fix: `Send a little to ${key}, or run \`assay-provider register\`.`,
    });
  const owner = lowerAddress(
    String(
      await chain.call({ to: ProviderRegistry, abi: registryAbi, name: 'ownerOfKey', args: [key] }),
    ),
  );
  if (owner === NOBODY) {
    add({
      verdict: 'fail',
      subject: 'registration',
      found: 'the receipt key is not registered',
      fix: 'Run `assay-provider register`.',
    });
    return;
  }
  add({ verdict: 'ok', subject: 'registration', found: `provider ${owner}` });
  const [active, parameters] = (await Promise.all([
    chain.call({ to: Staking, abi: stakingAbi, name: 'activeStake', args: [owner] }),
    chain.call({ to: Staking, abi: stakingAbi, name: 'parameters', args: [] }),
  ])) as [bigint, { minStake: bigint }];
  const stake = `${amountText(active, 18)} staked, ${amountText(parameters.minStake, 18)} needed`;
  if (active >= parameters.minStake) add({ verdict: 'ok', subject: 'stake', found: stake });
  else
    add({
      verdict: 'fail',
      subject: 'stake',
      found: stake,
      fix: 'Raise registration.stake and run `assay-provider register`.',
    });
  await checkOffers({ config, chain, add }, owner);
}

async function checkOffers(
  { config, chain, add }: Omit<Visit, 'environment'>,
  owner: Address,
): Promise<void> {
  const { deployment } = config.chain;
  const store = bundleStoreIn(config.dataDir);
  for (const model of config.models) {
    const resolved = await resolveModel(model, {
      chain,
      deployment,
      store,
      runtime: runtimeOf(config),
    }).catch(() => undefined);
    if (resolved === undefined) continue; // checkModels says why
    const { manifest } = resolved.bundle;
    const subject = `offer ${manifest.name}`;
    const offer = (await chain.call({
      to: deployment.contracts.ProviderRegistry,
      abi: registryAbi,
      name: 'offerOf',
      args: [owner, resolved.modelId],
    })) as { priceCeiling: bigint; validUntil: bigint; execClass: string };
    const fault = offerFault(offer, resolved.execClass);
    if (fault)
      add({ verdict: 'fail', subject, found: fault, fix: 'Run `assay-provider register`.' });
    else
      add({
        verdict: 'ok',
        subject,
        found: `at most ${offer.priceCeiling} per ${manifest.unit}, until ${new Date(Number(offer.validUntil) * 1000).toISOString()}`,
      });
  }
}
