import { type Address, AssayError, digestOf, type Hex, lowerAddress, signerOf } from '@assay/wire';
import { formatUnits } from 'ethers';
import { registryAbi, stakingAbi, tokenAbi } from '../chain/abi.ts';
import { type Chain, createChain } from '../chain/chain.ts';
import { createSender, type Sender } from '../chain/sender.ts';
import { openKey } from '../keys/open-key.ts';
import type { LoadedConfig } from '../load-config.ts';
import {
  bundleStoreIn,
  type ConfiguredModel,
  resolveModel,
  runtimeOf,
} from '../supervisor/load-offers.ts';
import { showDownload } from './show-download.ts';

export interface RegisterOptions {
  readonly config: LoadedConfig;
  readonly environment: NodeJS.ProcessEnv;
  readonly ownerKey: Hex;
  /** Each step as it is done, or found done already. */
  readonly report: (step: string) => void;
}

export interface Registration {
  readonly provider: Address;
  readonly receiptKey: Address;
  readonly offers: readonly { readonly modelId: Hex; readonly priceCeiling: bigint }[];
}

/** An offer with less than this part of its validity left is written again. */
const RENEW_BELOW = 0.5;
const NOBODY = `0x${'00'.repeat(20)}`;

interface Steps {
  readonly config: LoadedConfig;
  readonly chain: Chain;
  readonly sender: Sender;
  readonly report: (step: string) => void;
}

/** Stakes, registers the receipt key and writes the offers of the config. Runs again without harm: what is there stays. */
export async function registerProvider({
  config,
  environment,
  ownerKey,
  report,
}: RegisterOptions): Promise<Registration> {
  const receiptKey = await openKey(config.keys.receiptKey, environment);
  const { deployment, rpcUrls, timeoutMs, pollMs } = config.chain;
  const chain = createChain({ rpcUrls, chainId: deployment.chainId, timeoutMs });
  try {
    const sender = createSender({ chain, privateKey: ownerKey, pollMs: Math.min(pollMs, 250) });
    const steps: Steps = { config, chain, sender, report };
    await fundReceiptKey(steps, signerOf(receiptKey).address);
    await holdStake(steps);
    await enterRegistry(steps, receiptKey);
    const offers: { modelId: Hex; priceCeiling: bigint }[] = [];
    const store = bundleStoreIn(config.dataDir);
    for (const model of config.models) {
      const resolved = await resolveModel(model, {
        chain,
        deployment,
        store,
        runtime: runtimeOf(config),
        onProgress: showDownload(),
      });
      await writeOffer(steps, resolved);
      offers.push({ modelId: resolved.modelId, priceCeiling: resolved.ceiling });
    }
    return { provider: sender.address, receiptKey: signerOf(receiptKey).address, offers };
  } finally {
    chain.close();
  }
}

async function fundReceiptKey(
  { config, chain, sender, report }: Steps,
  key: Address,
): Promise<void> {
  const wanted = config.registration.gasForReceiptKey;
  const balance = await chain.read((rpc) => rpc.getBalance(key));
  if (balance >= wanted || key === sender.address) return report('receipt key has gas');
  await holdGas(chain, sender.address, wanted - balance);
  await sender.transfer(key, wanted - balance);
  report(`receipt key ${key} funded for claims`);
}

/** Without gas nothing at all can be sent; the node's own words would not say to whom to send some. */
async function holdGas(chain: Chain, owner: Address, forReceiptKey: bigint): Promise<void> {
  const balance = await chain.read((rpc) => rpc.getBalance(owner));
  if (balance > forReceiptKey) return;
  throw new AssayError('P322', {
    details: {
      owner,
      balance: `${balance}`,
      missing: `${forReceiptKey - balance}`,
      reason: 'the owner has too little gas (amounts in wei)',
    },
    hint: 'Send that and a little more to the owner, or lower registration.gasForReceiptKey.',
  });
}

async function holdStake({ config, chain, sender, report }: Steps): Promise<void> {
  const { Staking, AssayToken } = config.chain.deployment.contracts;
  const active = (await chain.call({
    to: Staking,
    abi: stakingAbi,
    name: 'activeStake',
    args: [sender.address],
  })) as bigint;
  const missing = config.registration.stake - active;
  if (missing <= 0n) return report(`stake is ${active}`);
  const balance = (await chain.call({
    to: AssayToken,
    abi: tokenAbi,
    name: 'balanceOf',
    args: [sender.address],
  })) as bigint;
  if (balance < missing)
    throw new AssayError('P322', {
      details: {
        owner: sender.address,
        balance: `${balance}`,
        missing: `${missing}`,
        reason: 'the owner has too few stake tokens',
      },
      hint: 'Send stake tokens to the owner, or lower registration.stake.',
    });
  await sender.send({ to: AssayToken, abi: tokenAbi, name: 'approve', args: [Staking, missing] });
  await sender.send({ to: Staking, abi: stakingAbi, name: 'stake', args: [missing] });
  report(`staked ${formatUnits(missing, 18)}`);
}

async function enterRegistry(steps: Steps, receiptKey: Hex): Promise<void> {
  const { config, chain, sender, report } = steps;
  const { ProviderRegistry: to } = config.chain.deployment.contracts;
  const signer = signerOf(receiptKey);
  const provider = sender.address;
  const registered = lowerAddress(
    String(await chain.call({ to, abi: registryAbi, name: 'keyOf', args: [provider] })),
  );
  if (registered === signer.address) return keepDetails(steps);
  const domain = { chainId: chain.chainId, verifyingContract: to };
  const proof = signer.sign(digestOf(domain, 'ReceiptKey', { provider, key: signer.address }));
  if (registered === NOBODY) {
    const { region, payout = provider } = config.registration;
    await sender.send({
      to,
      abi: registryAbi,
      name: 'register',
      args: [signer.address, proof, region, payout],
    });
    report(`registered with receipt key ${signer.address}`);
  } else {
    await sender.send({ to, abi: registryAbi, name: 'rotateKey', args: [signer.address, proof] });
    report(`receipt key rotated from ${registered} to ${signer.address}`);
  }
}

async function keepDetails({ config, chain, sender, report }: Steps): Promise<void> {
  const { ProviderRegistry: to } = config.chain.deployment.contracts;
  const payout = lowerAddress(
    String(await chain.call({ to, abi: registryAbi, name: 'payoutOf', args: [sender.address] })),
  );
  const wanted = config.registration.payout;
  if (wanted === undefined || wanted === payout)
    return report('already registered with this receipt key');
  await sender.send({ to, abi: registryAbi, name: 'setPayout', args: [wanted] });
  report(`payout is ${wanted} now`);
}

async function writeOffer(
  { config, chain, sender, report }: Steps,
  model: ConfiguredModel,
): Promise<void> {
  const { ProviderRegistry: to } = config.chain.deployment.contracts;
  const { modelId, ceiling, execClass, config: wanted, bundle } = model;
  const now = Math.floor(Date.now() / 1000);
  const offer = (await chain.call({
    to,
    abi: registryAbi,
    name: 'offerOf',
    args: [sender.address, modelId],
  })) as {
    priceCeiling: bigint;
    validUntil: bigint;
    execClass: string;
  };
  const fresh = Number(offer.validUntil) - now > wanted.offerValidSeconds * RENEW_BELOW;
  const name = `${bundle.manifest.name} ${bundle.manifest.version}`;
  if (fresh && offer.priceCeiling === ceiling && offer.execClass === execClass)
    return report(`offer for ${name} stands`);
  const validUntil = BigInt(now + wanted.offerValidSeconds);
  await sender.send({
    to,
    abi: registryAbi,
    name: 'setOffer',
    args: [modelId, ceiling, execClass, validUntil],
  });
  report(`offer for ${name} written, ceiling ${ceiling} per ${bundle.manifest.unit}`);
}
