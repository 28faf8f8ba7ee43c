import { ask, startBacking } from '@assay/kit/testing';
import {
  type Address,
  type Hex,
  type ProviderLive,
  redisKeys,
  type ScoreSnapshot,
} from '@assay/wire';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createProvidersSubgraph } from '../src/index.ts';

const hex32 = (place: number) => `0x${(place + 1).toString(16).padStart(64, '0')}` as Hex;
const provider = (place: number) => `0x${(place + 1).toString(16).padStart(40, '0')}` as Address;
const ROWS = 12;

vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

function liveOf(place: number): ProviderLive {
  return {
    provider: provider(place),
    status: 'ready',
    inFlight: 1,
    capacity: 4,
    heartbeatAt: Date.now(),
    hardware: place === 3 ? 'Epyc 9654' : 'Xeon',
    region: 'eu-central',
    energy: place === 3 ? { method: 'rapl', joulesPerUnit: 0.5 } : { method: 'unavailable' },
    offers: [
      {
        offerId: hex32(place),
        modelId: hex32(500),
        execClass: hex32(501),
        livePrice: `${100 - place}`,
        msPerUnit: 50 + place,
      },
    ],
  };
}

async function start() {
  const backing = await startBacking({
    rows: ROWS,
    overrides: {
      'Provider.id': provider,
      'Provider.slashable': (place) => `${1_000 - place}`,
      'Provider.region': () => null,
      // In a list of providers each has the offer of its own number.
      'Offer.id': hex32,
      'Offer.modelId': () => hex32(500),
      'Offer.execClass': () => hex32(501),
      'Offer.priceCeiling': (place) => `${200 + place}`,
      'Offer.validUntil': () => '1900000000',
      'Model.id': hex32,
      'Model.unit': () => 'token',
    },
  });
  const scores: ScoreSnapshot = {
    version: 1,
    at: Date.now(),
    indexedBlock: 1,
    stale: false,
    providers: Object.fromEntries(
      Array.from({ length: ROWS }, (_, place) => [
        provider(place),
        {
          score: place / ROWS,
          trust: 0.9,
          jobs: 1,
          slashable: '1',
          unmatured: '0',
          eligible: true,
          reason: 'ok',
        },
      ]),
    ),
  };
  await backing.redis.set(redisKeys.scores, JSON.stringify(scores));
  for (let place = 0; place < 6; place++) {
    await backing.redis.hSet(
      redisKeys.providerLive(provider(place)),
      'json',
      JSON.stringify(liveOf(place)),
    );
    await backing.redis.zAdd(redisKeys.providersLive, { score: 1, value: provider(place) });
  }
  return { ...backing, subgraph: await createProvidersSubgraph(backing.config) };
}

let world: Awaited<ReturnType<typeof start>>;
beforeAll(async () => {
  world = await start();
});
afterAll(async () => {
  await world.subgraph.close();
  await world.close();
});

interface Listed {
  readonly providers: {
    readonly edges: readonly { readonly node: { readonly id: string } }[];
    readonly pageInfo: { readonly endCursor: string; readonly hasNextPage: boolean };
  };
}
async function list(arguments_: string): Promise<Listed['providers']> {
  const query = `{ providers(${arguments_}) { edges { node { id } } pageInfo { endCursor hasNextPage } } }`;
  const { data, errors } = await ask(world.subgraph, query);
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
  return (data as unknown as Listed).providers;
}
const ids = ({ edges }: Listed['providers']) => edges.map(({ node }) => node.id);

it('orders by score, stake, price and speed', async () => {
  expect(ids(await list('first: 2'))).toEqual([provider(11), provider(10)]);
  expect(ids(await list('first: 2, orderBy: STAKE'))).toEqual([provider(0), provider(1)]);
  // Live prices fall with the number; whoever is not connected asks its ceiling.
  expect(ids(await list('first: 1, orderBy: PRICE'))).toHaveLength(1);
  expect(ids(await list('first: 1, orderBy: LATENCY'))).toEqual([provider(0)]);
});

it('filters by liveness, score, hardware and measured energy', async () => {
  expect(ids(await list('filter: { liveOnly: true }'))).toHaveLength(6);
  expect(ids(await list('filter: { minScore: 0.9 }'))).toEqual([provider(11)]);
  expect(ids(await list('filter: { hardware: "epyc" }'))).toEqual([provider(3)]);
  expect(ids(await list('filter: { measuredEnergy: true }'))).toEqual([provider(3)]);
});

it('walks all pages without repeating', async () => {
  const seen: string[] = [];
  let after = '';
  for (;;) {
    const page = await list(`first: 5${after}`);
    seen.push(...ids(page));
    if (!page.pageInfo.hasNextPage) break;
    after = `, after: "${page.pageInfo.endCursor}"`;
  }
  expect(seen).toEqual(Array.from({ length: ROWS }, (_, place) => provider(ROWS - 1 - place)));
});

it('tells what is live and never calls unknown energy zero', async () => {
  const query = (place: number) =>
    `{ provider(id: "${provider(place)}") { region live { status inFlight capacity heartbeatAgeMs } hardware energy { method joulesPerUnit } } }`;
  expect((await ask(world.subgraph, query(3))).data).toMatchObject({
    provider: {
      region: 'eu-central',
      live: { status: 'ready' },
      energy: { method: 'rapl', joulesPerUnit: 0.5 },
    },
  });
  expect((await ask(world.subgraph, query(9))).data).toMatchObject({
    provider: {
      region: null,
      live: null,
      hardware: null,
      energy: { method: 'unavailable', joulesPerUnit: null },
    },
  });
});

it('asks the index once and Redis once a level, whatever the width', async () => {
  const representations = Array.from({ length: ROWS }, (_, place) => ({
    __typename: 'Provider',
    id: provider(place),
  }));
  const query = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Provider {
    region live { status } hardware energy { method }
    offers(first: 3) { edges { node { livePrice validUntil provider { region live { status } } model { id } } } }
  } } }`;
  const before = { index: world.index.requests, redis: world.proxy.roundTrips };
  const { errors } = await ask(world.subgraph, query, { r: representations });
  expect(errors).toBeUndefined();
  const spent = {
    index: world.index.requests - before.index,
    redis: world.proxy.roundTrips - before.redis,
  };
  // Index: the providers, then their offers. Redis: who is live, once for all levels, since they are the same ones.
  expect(spent).toEqual({ index: 2, redis: 1 });
});

it('lists the offers for a model as part of that entity', async () => {
  const query = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Model {
    offers(first: 2) { edges { node { priceCeiling unit provider { id } } } pageInfo { hasNextPage } }
  } } }`;
  const { data } = await ask(world.subgraph, query, { r: [{ __typename: 'Model', id: hex32(0) }] });
  expect(data).toMatchObject({
    _entities: [
      {
        offers: {
          edges: [{ node: { priceCeiling: '200', unit: 'TOKEN' } }, {}],
          pageInfo: { hasNextPage: true },
        },
      },
    ],
  });
});

it('answers null for an unknown provider and typed errors for bad arguments', async () => {
  const unknown = `{ provider(id: "0x${'ee'.repeat(20)}") { id } }`;
  expect(await ask(world.subgraph, unknown)).toMatchObject({ data: { provider: null } });
  for (const bad of [
    '{ providers(first: 100000) { totalCount } }',
    '{ providers(after: "foreign") { totalCount } }',
    '{ providers(filter: { modelId: "nonsense" }) { totalCount } }',
    `{ transaction(from: "${provider(1)}", action: { stake: { tokens: "-1" } }) { simulation } }`,
    `{ transaction(from: "${provider(1)}", action: { withdraw: false }) { simulation } }`,
  ])
    expect((await ask(world.subgraph, bad)).errors?.[0]?.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
    });
});

it('says that the chain is away rather than guessing', async () => {
  const query = '{ network { chainId } }';
  expect((await ask(world.subgraph, query)).errors?.[0]?.extensions).toMatchObject({
    code: 'UNAVAILABLE',
    assayCode: 'S408',
    retryable: true,
  });
});
