import type { Address } from '@assay/wire';
import { registryAbi } from '../chain/abi.ts';
import { type ConfiguredModel, offerFault } from '../supervisor/load-offers.ts';
import type { Finding, Visit } from './doctor-finding.ts';

/** `register` renews from half of the validity on; with less than this part left it is time to. */
const NEAR_EXPIRY = 0.2;
const FIX = 'Run `assay-provider register`.';

interface Offer {
  readonly priceCeiling: bigint;
  readonly validUntil: bigint;
  readonly execClass: string;
}

/** Whether each model's offer on chain stands, and for how long. */
export async function checkOffers(
  { config, chain, add }: Visit,
  models: readonly ConfiguredModel[],
  owner: Address,
): Promise<void> {
  const to = config.chain.deployment.contracts.ProviderRegistry;
  for (const model of models) {
    const args = [owner, model.modelId];
    const offer = (await chain.call({ to, abi: registryAbi, name: 'offerOf', args })) as Offer;
    add(judgeOffer(offer, model, Date.now()));
  }
}

export function judgeOffer(
  offer: Offer,
  { bundle: { manifest }, execClass, config }: ConfiguredModel,
  now: number,
): Finding {
  const subject = `offer ${manifest.name}`;
  const fault = offerFault(offer, execClass);
  if (fault) return { verdict: 'fail', subject, found: fault, fix: FIX };
  const until = new Date(Number(offer.validUntil) * 1000).toISOString();
  const left = Number(offer.validUntil) - now / 1000;
  if (left < config.offerValidSeconds * NEAR_EXPIRY)
    return { verdict: 'warn', subject, found: `expires soon, on ${until}`, fix: FIX };
  const found = `at most ${offer.priceCeiling} per ${manifest.unit}, until ${until}`;
  return { verdict: 'ok', subject, found };
}
