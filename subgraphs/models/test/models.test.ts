import { ask, startBacking } from '@assay/kit/testing';
import { type Hex, type ProviderLive, redisKeys } from '@assay/wire';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createModelsSubgraph } from '../src/index.ts';

const id = (place: number) => `0x${(place + 1).toString(16).padStart(64, '0')}` as Hex;
const NAMES = ['ocr-fast', 'ocr-slow', 'speech', 'character-lm'];

vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

async function start() {
  const backing = await startBacking({
    rows: NAMES.length,
    overrides: {
      'Model.id': id,
      'Model.name': (place) => NAMES[place],
      'Model.task': (place) => (place < 2 ? 'ocr' : 'vad'),
      'Model.unit': () => 'request',
      'Model.registeredAt': (place) => `${place}`,
      'Model.nextRoyaltyAt': () => '0',
      'Model.tags': (place) => (place === 1 ? ['german'] : []),
      'Lineage.id': () => id(70),
      'TensorSpec.datatype': () => 'FP32',
      'TensorSpec.shape': () => [1, -1],
      'ModelFile.sha256': (place) => id(place === 0 ? 90 : 91),
    },
  });
  return { ...backing, subgraph: await createModelsSubgraph(backing.config) };
}

let world: Awaited<ReturnType<typeof start>>;
beforeAll(async () => {
  world = await start();
});
afterAll(async () => {
  await world.subgraph.close();
  await world.close();
});

const names = (result: object) =>
  (result as { data: { models: { edges: { node: { name: string } }[] } } }).data.models.edges.map(
    ({ node }) => node.name,
  );

it('lists the newest first, with its freshness', async () => {
  const result = await ask(
    world.subgraph,
    '{ models { totalCount freshness { indexedBlock stale } edges { node { name unit inputs { datatype shape } } } } }',
  );
  expect(names(result)).toEqual(NAMES.toReversed());
  expect(result.data).toMatchObject({
    models: {
      totalCount: 4,
      freshness: { indexedBlock: 100, stale: false },
      edges: [
        { node: { unit: 'REQUEST', inputs: [{ datatype: 'FP32', shape: [1, -1] }, {}, {}, {}] } },
        {},
        {},
        {},
      ],
    },
  });
});

it('finds by words and by what is served now', async () => {
  const find = async (filter: string) =>
    names(await ask(world.subgraph, `{ models(filter: ${filter}) { edges { node { name } } } }`));
  expect(await find('{ text: "OCR german" }')).toEqual(['ocr-slow']);
  expect(await find('{ liveOnly: true }')).toEqual([]);
});

it('shows a model as live while a provider serves it', async () => {
  const provider = `0x${'22'.repeat(20)}` as const;
  const live: ProviderLive = {
    provider,
    status: 'ready',
    inFlight: 0,
    capacity: 1,
    heartbeatAt: Date.now(),
    energy: { method: 'unavailable' },
    offers: [{ offerId: id(1), modelId: id(2), execClass: id(3), livePrice: '5' }],
  };
  await world.redis.hSet(redisKeys.providerLive(provider), 'json', JSON.stringify(live));
  await world.redis.zAdd(redisKeys.providersLive, { score: 1, value: provider });
  const query = '{ models(filter: { liveOnly: true }) { edges { node { name } } } }';
  await expect.poll(async () => names(await ask(world.subgraph, query))).toEqual(['speech']);
});

it('asks the index once a level, whatever the width', async () => {
  const before = world.index.requests;
  const entities = Array.from({ length: 30 }, (_, place) => ({
    __typename: 'Model',
    id: id(place),
  }));
  const result = await ask(
    world.subgraph,
    'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Model { name lineage { name } duplicates { name } } } }',
    { r: entities },
  );
  expect(result.errors).toBeUndefined();
  // Level 1: the models. Level 2: lineages and duplicates, together.
  expect(world.index.requests - before).toBe(2);
});

it('flags other models with the same weights', async () => {
  const result = await ask(
    world.subgraph,
    '{ model(id: $id) { duplicates { id } } }'.replace('$id', `"${id(1)}"`),
  );
  const data = result.data as { model: { duplicates: { id: string }[] } };
  expect(data.model.duplicates.map((model) => model.id)).not.toContain(id(1));
});

it('answers nothing for unknown and malformed ids', async () => {
  const result = await ask(
    world.subgraph,
    `{ unknown: model(id: "${id(999)}") { id } malformed: model(id: "nonsense") { id } }`,
  );
  expect(result).toMatchObject({ data: { unknown: null, malformed: null } });
  expect(result.errors).toBeUndefined();
});

it.each(['first: 0', 'first: -5', 'first: 100000', 'after: "foreign"'])(
  'refuses %s',
  async (page) => {
    const result = await ask(world.subgraph, `{ models(${page}) { totalCount } }`);
    expect(result.errors?.[0]?.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      assayCode: 'I100',
    });
  },
);

it('answers the last good answer, marked stale, while the index is away', async () => {
  const query = '{ models(first: 3) { totalCount freshness { stale } edges { node { name } } } }';
  await ask(world.subgraph, query);
  world.index.down = true;
  const stale = await ask(world.subgraph, query);
  world.index.down = false;
  expect(stale.data).toMatchObject({ models: { totalCount: 4, freshness: { stale: true } } });
  expect((await ask(world.subgraph, query)).data).toMatchObject({
    models: { freshness: { stale: false } },
  });
});
