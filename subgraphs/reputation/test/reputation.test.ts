import { ask, startBacking, startMockIndex } from '@assay/kit/testing';
import { type Address, redisKeys, signIdentity } from '@assay/wire';
import { parse } from 'graphql';
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { createReputationSubgraph } from '../src/index.ts';
import { STAKING_PAGE } from './staking-page.ts';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

const provider = (place: number) => `0x${(place + 1).toString(16).padStart(40, '0')}` as Address;
const WHOLE = 10n ** 18n;
const ROWS = 5;

async function start() {
  const today = Math.floor(Date.now() / 86_400_000) * 86_400;
  const backing = await startBacking({
    rows: ROWS,
    overrides: {
      'Provider.id': provider,
      'Provider.own': () => `${100n * WHOLE}`,
      'Provider.slashable': (place) => `${BigInt(100 - place) * WHOLE}`,
      'Provider.delegated': () => `${200n * WHOLE}`,
      'Provider.ownThawing': () => '5',
      'Provider.delegatedThawing': () => `${100n * WHOLE}`,
      'Provider.delegatedShares': () => `${50n * WHOLE}`,
      'Provider.rewardPerShare': () => `${2n * 10n ** 36n}`,
      'Provider.nextDelegatorCutAt': () => '0',
      'Delegation.shares': () => `${10n * WHOLE}`,
      'Delegation.rewardPerShare': () => `${10n ** 36n}`,
      'Delegation.rewards': () => '7',
      'Thaw.epoch': () => 0,
      'Provider.ownEpoch': () => 0,
      'Provider.delegatedEpoch': () => 0,
      'Slash.at': (place) => `${today - 200 * 86_400 + place}`,
      'Dispute.openedAt': (place) => `${1_000 - place}`,
      'ProviderReward.timestamp': (place) => `${(today - (place + 1) * 86_400) * 1_000_000}`,
      'ProviderReward.rewards': () => '1000000',
      'ProviderStake.timestamp': () => `${(today - 200 * 86_400) * 1_000_000}`,
      'ProviderStake.delegated': () => `${200n * WHOLE}`,
      'ProviderStake.slashedDelegated': () => '0',
      'RewardPoint.amount': () => '0',
      'Parameter.value': () => `${10n * WHOLE}`,
    },
  });
  const subgraph = await createReputationSubgraph(backing.config);
  const entity = (fields: string, ids: readonly Address[]) =>
    ask(
      subgraph,
      `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Provider { ${fields} } } }`,
      { r: ids.map((id) => ({ __typename: 'Provider', id })) },
    );
  return { ...backing, subgraph, entity };
}

let world: Awaited<ReturnType<typeof start>>;
beforeAll(async () => {
  world = await start();
  const scored = async () => expect(await world.redis.exists(redisKeys.scores)).toBe(1);
  await vi.waitFor(scored, { timeout: 20_000 });
});
afterAll(async () => {
  await world.subgraph.close();
  await world.close();
});

it('explains a score by parts that add up to it', async () => {
  const fields =
    'reputation { score trust eligible parts { name value weight explanation } history { score } freshness { stale indexedBlock } }';
  const { data, errors } = await world.entity(fields, [provider(0)]);
  expect(errors).toBeUndefined();
  const [{ reputation }] = (data as { _entities: [{ reputation: Explained }] })._entities;
  const sum = reputation.parts.reduce((total, { value, weight }) => total + value * weight, 0);
  expect(reputation.score).toBeCloseTo(sum, 10);
  expect(reputation.parts.every(({ explanation }) => explanation.length > 10)).toBe(true);
  expect(reputation).toMatchObject({
    eligible: true,
    freshness: { stale: false, indexedBlock: 100 },
  });
});

interface Explained {
  readonly score: number;
  readonly parts: readonly {
    readonly value: number;
    readonly weight: number;
    readonly explanation: string;
  }[];
}

it('tells stake, room for delegation and yields', async () => {
  const fields =
    'staking { own delegated thawing capacityLeft yield7d yield30d slashes { reason } freshness { stale } }';
  const { data } = await world.entity(fields, [provider(0)]);
  // 5 payment tokens in the last days on a pool of 200: see domain/yields.ts.
  expect(data).toMatchObject({
    _entities: [
      {
        staking: {
          own: `${100n * WHOLE}`,
          capacityLeft: `${600n * WHOLE}`,
          thawing: `${100n * WHOLE + 5n}`,
          yield7d: expect.closeTo((5 / 200) * (365 / 7), 6),
          yield30d: expect.closeTo((5 / 200) * (365 / 30), 6),
        },
      },
    ],
  });
});

it('adds up what a staker holds', async () => {
  const { data } = await ask(
    world.subgraph,
    `{ staker(address: "${provider(0)}") { own rewards delegations { provider { id } value rewards } thaws { provider { id } tokens withdrawableAt } } }`,
  );
  expect(data).toMatchObject({
    staker: {
      own: `${100n * WHOLE}`,
      delegations: Array.from({ length: ROWS }, (_, place) => ({
        provider: { id: provider(place) },
        value: `${20n * WHOLE}`,
        rewards: `${10n * WHOLE + 7n}`,
      })),
      rewards: `${BigInt(ROWS) * (10n * WHOLE + 7n)}`,
    },
  });
});

it('answers the whole staking page, and says what it costs', async () => {
  // An instance that does not lead the scores asks the index only for queries.
  const index = await startMockIndex({ rows: ROWS, overrides: world.index.overrides });
  const quiet = await createReputationSubgraph({ ...world.config, indexUrl: index.url });
  onTestFinished(async () => {
    await quiet.close();
    await index.close();
  });
  const { data, errors } = await ask(quiet, STAKING_PAGE, { staker: provider(0) });
  expect(errors).toBeUndefined();
  expect(data).toMatchObject({ leaderboard: Array.from({ length: ROWS }, () => ({})) });
  console.info(`staking page: ${index.requests} index requests`);
  // What stands at the root, together; the leaders' stakes, who are known before the index answers; the delegations'
  // providers' stakes; the yields of each.
  expect(index.requests).toBeLessThanOrEqual(5);
});

it('orders the leaderboard by score', async () => {
  const { data } = await ask(
    world.subgraph,
    '{ leaderboard(first: 3) { id reputation { score } } }',
  );
  const scores = (data as { leaderboard: { reputation: { score: number } }[] }).leaderboard.map(
    ({ reputation }) => reputation.score,
  );
  expect(scores).toEqual(scores.toSorted((a, b) => b - a));
});

it('answers a statistic for every hour and day, quiet ones included', async () => {
  const from = new Date(Date.now() - 5 * 86_400_000).toISOString();
  const { data, errors } = await ask(
    world.subgraph,
    `{ days: protocolStats(interval: DAY, from: "${from}") { start jobs } hours: protocolStats(interval: HOUR) { start } }`,
  );
  expect(errors).toBeUndefined();
  const { days, hours } = data as { days: unknown[]; hours: unknown[] };
  expect([days.length, hours.length]).toEqual([6, 48]);
});

it('knows nothing of an address that never staked, without an error', async () => {
  world.index.overrides = {
    ...world.index.overrides,
    'Provider.id': (place) => provider(700 + place),
  };
  const answer = await world.entity('reputation { score } staking { own }', [provider(33)]);
  world.index.overrides = { ...world.index.overrides, 'Provider.id': provider };
  expect(answer).toEqual({ data: { _entities: [{ reputation: null, staking: null }] } });
});

it.each([
  '{ leaderboard(first: 0) { id } }',
  '{ slashes(first: 100000) { id } }',
  '{ disputes(first: -1) { pageInfo { hasNextPage } } }',
  '{ disputes(after: "WyJ4Il0") { pageInfo { hasNextPage } } }',
  '{ staker(address: "0x12") { own } }',
])('refuses %s', async (query) => {
  const { errors } = await ask(world.subgraph, query);
  expect(errors?.[0]?.extensions).toMatchObject({ assayCode: 'I100' });
});

it('streams the score updates that were asked for', async () => {
  const identityHeader = signIdentity({ requestId: 'r' }, world.config.identitySecret, Date.now());
  const stream = await world.subgraph.subscribe({
    document: parse(
      'subscription ($ids: [Address!]) { providerScores(ids: $ids) { providerId score reason } }',
    ),
    variables: { ids: [provider(1)] },
    identityHeader,
  });
  if (!(Symbol.asyncIterator in stream)) throw new Error(JSON.stringify(stream));
  const iterator = stream[Symbol.asyncIterator]();
  const first = iterator.next();
  const update = (place: number) => ({
    providerId: provider(place),
    score: 0.5,
    reason: 'test',
    at: 1,
  });
  const message = JSON.stringify({ version: 1, updates: [update(2), update(1)] });
  await world.redis.publish(redisKeys.scoresChannel, message);
  expect((await first).value?.data).toEqual({
    providerScores: { providerId: provider(1), score: 0.5, reason: 'test' },
  });
  await iterator.return?.();
});
