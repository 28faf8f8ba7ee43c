import type { UnitEnergy } from '../energy/unit-energy.ts';
import type { MarketplaceLink } from '../link/marketplace-link.ts';
import type { Ledger } from '../settlement/ledger.ts';
import { createMetrics, type ProviderMetrics } from '../telemetry/metrics.ts';
import type { Attempts } from './serve/attempts.ts';
import type { DeskObserver } from './serve/ticket-desk.ts';
import type { SlotPool } from './slots/slot-types.ts';

interface Observed {
  readonly energy: UnitEnergy;
  readonly pool: SlotPool;
  readonly attempts: Attempts;
  readonly ledger: Ledger;
  readonly links: () => readonly MarketplaceLink[];
  /** Models of the config that are not served. */
  readonly leftOut: () => readonly { readonly nextTryAt: number | undefined }[];
}

/** Metrics of the provider, and the observer that feeds them. */
export function observeDesk({ energy, pool, attempts, ledger, links, leftOut }: Observed): {
  readonly metrics: ProviderMetrics;
  readonly observer: DeskObserver;
  readonly refusals: () => Readonly<Record<string, number>>;
} {
  const refused = new Map<string, number>();
  const totals = () => ledger.totals();
  const metrics = createMetrics({
    queued: () => pool.stats().queued,
    running: () => attempts.running,
    linksUp: () => links().filter(({ state }) => state === 'up').length,
    faultyModels: () => leftOut().length,
    nextModelTry: () => Math.min(...leftOut().map(({ nextTryAt }) => nextTryAt ?? Date.now())),
    childKills: () => pool.stats().kills,
    childRestarts: () => pool.stats().restarts,
    unvouchered: () => Number(totals().unvouchered),
    unclaimed: () => Number(totals().unclaimed),
    earned: () => Number(totals().earned),
    claimed: () => Number(totals().claimed),
  });
  const observer: DeskObserver = {
    refused(code) {
      refused.set(code, (refused.get(code) ?? 0) + 1);
      metrics.refusals.inc({ code });
    },
    completed({ offer }, { units, queueMs, computeMs, batchSize, energyJoules }) {
      const labels = { model: offer.manifest.name };
      metrics.receipts.inc(labels);
      metrics.units.inc(labels, Number(units));
      metrics.queueSeconds.observe(labels, queueMs / 1000);
      metrics.computeSeconds.observe(labels, computeMs / 1000);
      metrics.batchRows.observe(labels, batchSize);
      if (energyJoules === undefined) return;
      metrics.energyJoules.inc(labels, energyJoules);
      energy.note(offer.modelId, energyJoules, Number(units));
    },
  };
  return { metrics, observer, refusals: () => Object.fromEntries(refused) };
}
