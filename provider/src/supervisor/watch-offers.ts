import type { Address, Deployment, Hex } from '@assay/wire';
import type { Logger } from 'pino';
import { registryAbi } from '../chain/abi.ts';
import { type Chain, reasonOf } from '../chain/chain.ts';
import { offerFault } from './load-offers.ts';
import type { ServedOffer } from './serve/served-offer.ts';

const EVERY_MS = 60_000;

export interface OfferWatcher {
  readonly faults: () => ReadonlyMap<Hex, string>;
  start(): void;
  stop(): void;
}

interface Watched {
  readonly chain: Chain;
  readonly deployment: Deployment;
  readonly provider: Address;
  readonly offers: ReadonlyMap<Hex, ServedOffer>;
  readonly log: Logger;
}

/** Asks the chain now and then whether the offers still stand; an offer that lapsed is the commonest reason to get no jobs. */
export function watchOffers({ chain, deployment, provider, offers, log }: Watched): OfferWatcher {
  let faults = new Map<Hex, string>();
  let timer: NodeJS.Timeout | undefined;

  async function look(): Promise<void> {
    const found = new Map<Hex, string>();
    try {
      for (const { modelId, execClass, manifest } of offers.values()) {
        const call = {
          to: deployment.contracts.ProviderRegistry,
          abi: registryAbi,
          name: 'offerOf',
          args: [provider, modelId],
        };
        const fault = offerFault(
          (await chain.call(call)) as Parameters<typeof offerFault>[0],
          execClass,
        );
        if (fault && !faults.has(modelId))
          log.warn(
            { model: manifest.name, fault },
            'an offer needs renewal: run `assay-provider register`',
          );
        if (fault) found.set(modelId, fault);
      }
      faults = found;
    } catch (error) {
      log.debug({ reason: reasonOf(error) }, 'offers could not be read');
    }
  }

  return {
    faults: () => faults,
    start() {
      void look();
      timer = setInterval(() => void look(), EVERY_MS);
    },
    stop: () => clearInterval(timer),
  };
}
