import {
  type Address,
  type Hex,
  OPTIMISE,
  type ProviderLive,
  type ProviderScore,
} from '@assay/wire';
import { expect, it } from 'vitest';
import type { Observation } from './observe.ts';
import type { RouteLimits } from './route-limits.ts';
import { createRouter } from './router.ts';

const MODEL: Hex = `0x${'aa'.repeat(32)}`;
const provider = (number: number): Address => `0x${number.toString(16).padStart(40, '0')}`;

function live(
  number: number,
  change: Partial<ProviderLive> & { price?: bigint; msPerUnit?: number } = {},
): ProviderLive {
  const { price = 100n, msPerUnit = 10, ...rest } = change;
  const offerId: Hex = `0x${number.toString(16).padStart(64, '0')}`;
  return {
    provider: provider(number),
    status: 'ready',
    inFlight: 0,
    capacity: 2,
    heartbeatAt: 0,
    region: 'eu',
    energy: { method: 'unavailable' },
    offers: [{ offerId, modelId: MODEL, execClass: MODEL, livePrice: `${price}`, msPerUnit }],
    ...rest,
  };
}

function setup(lives: readonly ProviderLive[]) {
  let clock = 1_000;
  let seed = 1;
  const random = () => {
    seed = (seed * 16_807) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  const router = createRouter({ now: () => clock, random });
  for (const one of lives) router.update(one);
  const limits: RouteLimits = {
    must: {},
    budget: 10n ** 9n,
    maxUnits: 1n,
    expectedUnits: 1,
    exclude: new Set(),
  };
  const route = (change: Partial<RouteLimits> = {}, prefer = OPTIMISE.BALANCED) =>
    router.route({ modelId: MODEL, prefer, limits: { ...limits, ...change } });
  const seen = (change: Partial<Observation>): Observation => ({
    kind: 'completed',
    units: 1,
    ms: 10,
    queueFactor: 1,
    runMs: undefined,
    firstOutputMs: undefined,
    retryAfterMs: undefined,
    at: clock,
    ...change,
  });
  return { router, route, seen, wait: (ms: number) => (clock += ms) };
}

const score = (change: Partial<ProviderScore>): ProviderScore => ({
  score: 0.9,
  trust: 0.9,
  jobs: 100,
  slashable: '1',
  unmatured: '0',
  eligible: true,
  reason: '',
  ...change,
});

it('prefers the cheaper where money decides and the faster where time does', () => {
  const { route } = setup([
    live(1, { price: 50n, msPerUnit: 500 }),
    live(2, { price: 100n, msPerUnit: 5 }),
  ]);
  expect(route({}, { kappa: 0, eta: 0 })?.row.provider).toBe(provider(1));
  expect(route({}, OPTIMISE.FAST)?.row.provider).toBe(provider(2));
});

it.each([
  ['a price above the budget', { budget: 99n }],
  ['another region', { must: { regions: ['us'] } }],
  ['a provider that is not among the only ones', { must: { onlyProviders: [provider(9)] } }],
  ['a provider to be ignored', { must: { ignoreProviders: [provider(1)] } }],
  ['too little trust', { must: { minTrust: 0.9 } }],
  ['too slow a provider', { must: { maxLatencyMs: 1 } }],
  ['unknown emissions where they are limited', { must: { maxGramsCO2: 1 } }],
  ['a check of every job, which nobody offers', { must: { verification: 'EVERY' } }],
  ['one that was tried already', { exclude: new Set([provider(1)]) }],
] as const)('never relaxes a hard limit: %s', (_, change) => {
  expect(setup([live(1)]).route(change)).toBeUndefined();
});

it('routes to nobody that is draining or that reputation calls ineligible', () => {
  const { router, route } = setup([live(1, { status: 'draining' }), live(2)]);
  router.setScores(new Map([[provider(2), score({ eligible: false })]]));
  expect(route()).toBeUndefined();
});

it('spreads jobs when the first choice is full', () => {
  const { route } = setup([live(1, { price: 90n }), live(2)]);
  const chosen = Array.from({ length: 6 }, () => route()?.row.provider);
  expect(new Set(chosen)).toEqual(new Set([provider(1), provider(2)]));
});

it('leaves a provider alone for a moment after a refusal, and counts no failure', () => {
  const { router, route, seen, wait } = setup([live(1, { price: 1n }), live(2)]);
  const first = route();
  if (first === undefined) throw new Error('nobody');
  router.observe(first, seen({ kind: 'refused', retryAfterMs: 500 }));
  expect(route()?.row.provider).toBe(provider(2));
  expect(first.row.errorRate).toBe(0);
  wait(501);
  expect(route()?.row.provider).toBe(provider(1));
});

it('ejects who keeps failing, but at most a tenth of all', () => {
  const lives = Array.from({ length: 20 }, (_, index) => live(index + 1));
  const { router, seen } = setup(lives);
  for (const candidate of router.candidates(MODEL))
    for (let failure = 0; failure < 10; failure++)
      router.observe(candidate, seen({ kind: 'failed' }));
  const ejected = router.candidates(MODEL).filter(({ row }) => row.ejectedUntil > 1_000);
  expect(ejected).toHaveLength(2);
});

it('believes what it measured over what is claimed', () => {
  const { router, route, seen } = setup([live(1, { msPerUnit: 0.01 }), live(2, { msPerUnit: 50 })]);
  for (const candidate of router.candidates(MODEL))
    for (let job = 0; job < 30; job++)
      router.observe(candidate, seen({ ms: candidate.row.provider === provider(1) ? 2_000 : 50 }));
  expect(route({}, OPTIMISE.FAST)?.row.provider).toBe(provider(2));
});

it('counts its own jobs where a provider claims to be idle', () => {
  const { router, route } = setup([live(1)]);
  for (let job = 0; job < 4; job++) route();
  router.update(live(1, { inFlight: 0 }));
  const [candidate] = router.candidates(MODEL);
  expect(candidate?.row.ownInFlight).toBe(4);
  expect(
    router.weigh({
      modelId: MODEL,
      prefer: OPTIMISE.BALANCED,
      limits: { must: {}, budget: 10n ** 9n, maxUnits: 1n, expectedUnits: 1, exclude: new Set() },
    })[0]?.cold,
  ).toBe(false);
});

it('forgets a provider that is gone and an offer that is no more', () => {
  const { router, route } = setup([live(1), live(2)]);
  router.remove(provider(1));
  router.update(live(2, { offers: [] }));
  expect(route()).toBeUndefined();
});
