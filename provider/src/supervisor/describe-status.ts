import type { ControlOptions } from './serve-control.ts';

/** What `status` shows: where every link, model and amount stands, and what keeps jobs away. */
export function describeStatus(
  options: Omit<ControlOptions, 'metrics' | 'claimer' | 'drain' | 'config' | 'earnings'>,
) {
  const { provider, pool, attempts, ledger, offers, links } = options;
  const stats = pool.stats();
  return {
    provider,
    state: options.draining() ? 'draining' : 'ready',
    links: links.map(({ url, state, gateway, clockSkewMs, upSince, lastProblem }) => ({
      url,
      state,
      gateway,
      clockSkewMs,
      upSince,
      lastProblem,
    })),
    slots: {
      count: stats.slots,
      busy: stats.busy,
      queued: stats.queued,
      kills: stats.kills,
      restarts: stats.restarts,
    },
    running: attempts.running,
    unacknowledged: attempts.size - attempts.running,
    models: [...offers.values()].map((offer) => ({
      modelId: offer.modelId,
      name: offer.manifest.name,
      offerId: offer.offerId,
      price: offer.price,
      ceiling: offer.ceiling,
      fault: options.offerFaults().get(offer.modelId),
      profile: stats.models.find(({ modelId }) => modelId === offer.modelId)?.profile,
    })),
    leftOut: options.leftOut(),
    refusals: options.refusals(),
    energy: {
      confidence: options.energy.meter.confidence,
      ...options.energy.perUnit(),
      grid: options.energy.grid.now(),
    },
    money: ledger.totals(),
  };
}
