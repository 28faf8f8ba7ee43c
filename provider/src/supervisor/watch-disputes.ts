import { join } from 'node:path';
import type { Address, Deployment, Domain, Hex, Signer } from '@assay/wire';
import type { Logger } from 'pino';
import type { Chain } from '../chain/chain.ts';
import type { Sender } from '../chain/sender.ts';
import { computeVote } from '../dispute/compute-vote.ts';
import { createDefence } from '../dispute/defence.ts';
import type { DisputeBook } from '../dispute/dispute-book.ts';
import { createDisputeChain } from '../dispute/dispute-chain.ts';
import { createDisputeDuty, type DisputeDuty } from '../dispute/dispute-duty.ts';
import { doorBeside } from '../dispute/evidence-door.ts';
import { createEvidenceStore } from '../dispute/evidence-store.ts';
import { createJuryDuty } from '../dispute/jury-duty.ts';
import { createRetryClock } from '../dispute/retry-clock.ts';
import { createDisputeScan } from '../dispute/scan-disputes.ts';
import type { MarketplaceLink } from '../link/marketplace-link.ts';
import type { LoadedConfig } from '../load-config.ts';
import type { ReceiptStore } from '../receipt/receipt-store.ts';
import type { Vault } from '../retention/vault.ts';
import type { ServedOffer } from './serve/served-offer.ts';
import type { SlotPool } from './slots/slot-types.ts';

export interface WatchDisputesOptions {
  readonly config: LoadedConfig;
  readonly provider: Address;
  readonly deployment: Deployment;
  readonly domain: Domain;
  readonly chain: Chain;
  /** The receipt key, which signs what is asked of evidence doors, and its transactions: answers, votes, verdicts. */
  readonly signer: Signer;
  readonly sender: Sender;
  readonly book: DisputeBook;
  readonly receipts: ReceiptStore;
  readonly vault: Vault;
  readonly offers: ReadonlyMap<Hex, ServedOffer>;
  readonly pool: SlotPool;
  readonly links: () => readonly Pick<MarketplaceLink, 'blobUrl'>[];
  readonly log: Logger;
}

/** Puts together what serves a provider in disputes, as accused and as juror. */
export function watchDisputes(options: WatchDisputesOptions): DisputeDuty {
  const { config, provider, deployment, chain, sender, signer, book, offers, pool, log } = options;
  const { DisputeManager: manager } = deployment.contracts;
  const disputes = createDisputeChain({ chain, sender, manager, provider });
  const retries = createRetryClock();
  const evidence = createEvidenceStore({
    directory: join(config.dataDir, 'evidence'),
    places: () => placesOf(config.disputes.evidenceUrls, options.links()),
    signer,
    log,
  });
  const shared = { disputes, book, evidence, retries, log };
  return createDisputeDuty({
    scan: createDisputeScan({
      ...{ chain, manager, provider, book, log },
      deployBlock: deployment.deployBlock,
    }),
    ...shared,
    defence: createDefence({ ...shared, receipts: options.receipts, vault: options.vault }),
    jury: createJuryDuty({
      ...shared,
      provider,
      domain: options.domain,
      willing: config.disputes.juror,
      rerun(seen, deadline) {
        const offer = offers.get(seen.modelId as Hex);
        return offer && computeVote(seen, offer, { pool, deadline });
      },
    }),
    everyMs: config.chain.pollMs,
  });
}

/** The stores of the config, and the door of every marketplace that said where its blobs are. */
function placesOf(
  configured: readonly string[],
  links: readonly Pick<MarketplaceLink, 'blobUrl'>[],
): readonly string[] {
  const doors = links.flatMap(({ blobUrl }) =>
    blobUrl === undefined ? [] : [doorBeside(blobUrl)],
  );
  return [...new Set([...configured, ...doors])];
}
