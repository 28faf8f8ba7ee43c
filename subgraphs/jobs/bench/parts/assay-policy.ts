import { type Hex, OPTIMISE, type ProviderLive } from '@assay/wire';
import { type Candidate, queueFactor } from '../../src/routing/candidate.ts';
import { createRouter, type RouteRequest, type Router } from '../../src/routing/router.ts';
import type { CreatePolicy } from './policy.ts';
import { inFlight, type SimProvider } from './world.ts';

export const MODEL: Hex = `0x${'11'.repeat(32)}`;
export const PRICE_SCALE = 1_000_000;
const addressOf = (index: number): Hex => `0x${index.toString(16).padStart(40, '0')}`;
const energy = { method: 'unavailable' } as const;

/** What a provider's heartbeat would say. */
export function liveOf(provider: SimProvider, at: number): ProviderLive {
  const offer = {
    offerId: `0x${provider.index.toString(16).padStart(64, '0')}` as Hex,
    modelId: MODEL,
    execClass: MODEL,
    livePrice: `${Math.round(provider.price * PRICE_SCALE)}`,
    msPerUnit: provider.liar ? 10 : (1000 * provider.slots) / provider.rate,
  };
  return {
    provider: addressOf(provider.index),
    status: 'ready',
    inFlight: provider.liar ? 0 : inFlight(provider),
    capacity: provider.slots,
    heartbeatAt: at,
    energy,
    offers: [offer],
  };
}

export const REQUEST: RouteRequest = {
  modelId: MODEL,
  prefer: OPTIMISE.BALANCED,
  limits: {
    must: {},
    budget: 2n ** 100n,
    maxUnits: 1n,
    expectedUnits: 1,
    exclude: new Set(),
  },
};

/** The project's own router, as it is, behind the simulator's interface. */
export const assayPolicy: CreatePolicy = ({ providers, random }) => {
  let clock = 0;
  const router: Router = createRouter({ now: () => clock, random });
  const sent = new Map<number, { candidate: Candidate; factor: number }[]>();
  for (const provider of providers) router.update(liveOf(provider, 0));
  for (const candidate of router.candidates(MODEL))
    candidate.row.roundTripMs = providers[Number(candidate.row.provider)]?.roundTripMs ?? 1;
  return {
    choose(at) {
      clock = at;
      const candidate = router.route(REQUEST) ?? router.candidates(MODEL)[0];
      if (candidate === undefined) throw new Error('nobody to choose');
      const provider = Number(candidate.row.provider);
      const underway = sent.get(provider) ?? [];
      sent.set(provider, underway);
      candidate.row.ownInFlight -= 1;
      const factor = queueFactor(candidate.row);
      candidate.row.ownInFlight += 1;
      underway.push({ candidate, factor });
      return provider;
    },
    onAnswer(provider, { ok, shed, ms, size, runMs }, at) {
      const first = sent.get(provider)?.shift();
      if (first === undefined) return;
      router.observe(first.candidate, {
        kind: ok ? 'completed' : shed ? 'refused' : 'failed',
        units: size,
        ms,
        queueFactor: first.factor,
        runMs,
        firstOutputMs: undefined,
        retryAfterMs: undefined,
        at,
      });
      if (ok) first.candidate.row.jobs += 1;
    },
    onStarted(provider, load) {
      router.updateLoad(addressOf(provider), load);
    },
    onHeartbeat(all, at) {
      clock = at;
      for (const provider of all) router.update(liveOf(provider, at));
      router.refresh();
    },
  };
};
