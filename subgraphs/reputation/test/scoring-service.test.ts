import { createIndexClient, createLog, createMetrics } from '@assay/kit';
import { startBacking } from '@assay/kit/testing';
import {
  type Address,
  type Hex,
  type Outcome,
  outcomeShard,
  redisKeys,
  scoreSnapshotSchema,
} from '@assay/wire';
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished, vi } from 'vitest';
import { createChainViewIndex } from '../src/adapters/index-chain-view.ts';
import { createLeaderLease } from '../src/adapters/leader-lease.ts';
import { createScoreStore } from '../src/adapters/score-store.ts';
import { startScoringService } from '../src/adapters/scoring-service.ts';

const PROVIDER = `0x${'11'.repeat(20)}` as Address;
const NOBODY = `0x${'0'.repeat(64)}` as Hex;
const log = createLog('test', 'silent');
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let world: Awaited<ReturnType<typeof startBacking>>;
beforeAll(async () => {
  world = await startBacking({ rows: 1 });
});
afterAll(() => world.close());
beforeEach(async () => {
  await world.redis.flushAll();
  world.index.overrides = chain('1000');
});

function chain(slashable: string) {
  return {
    'Provider.id': () => PROVIDER,
    'Provider.slashable': () => slashable,
    'Provider.slashes': () => [],
    'Parameter.value': () => '100',
  };
}

/** One instance of the service with a lease that runs out fast. */
function start(leaseMs = 600) {
  const { redis, index } = world;
  const metrics = createMetrics('test');
  const service = startScoringService({
    redis,
    store: createScoreStore(redis),
    lease: createLeaderLease(redis, leaseMs),
    chain: createChainViewIndex(createIndexClient({ url: index.url, log, timeoutMs: 500 })),
    log,
    metrics,
  });
  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= service.close();
    return closed;
  };
  onTestFinished(close);
  const writes = async () => {
    const found = await metrics.registry.getSingleMetric('assay_score_snapshots_total')?.get();
    return found?.values.at(0)?.value ?? 0;
  };
  return { close, writes };
}

async function snapshot() {
  const json = await world.redis.get(redisKeys.scores);
  return json === null ? undefined : scoreSnapshotSchema.parse(JSON.parse(json));
}
const scored = async () => (await snapshot())?.providers[PROVIDER];
const within = { timeout: 10_000, interval: 20 };

async function report(kind: Outcome['kind'], count = 1) {
  for (let place = 0; place < count; place++) {
    const outcome: Outcome = {
      jobId: NOBODY,
      attempt: 1,
      providerId: PROVIDER,
      modelId: NOBODY,
      payer: `0x${(place + 1).toString(16).padStart(40, '0')}`,
      kind,
      at: Date.now(),
      latencyMs: 1,
      units: '3',
      price: '100',
      protocolFee: '1',
      choices: 3,
    };
    const entry = { outcome: JSON.stringify(outcome) };
    await world.redis.xAdd(redisKeys.outcomes(outcomeShard(PROVIDER)), '*', entry);
  }
}

it('turns outcomes into a snapshot and announces what moved', async () => {
  const news: string[] = [];
  const listener = world.redis.duplicate();
  await listener.connect();
  onTestFinished(() => listener.destroy());
  await listener.subscribe(redisKeys.scoresChannel, (message) => void news.push(message));
  start();
  await expect.poll(scored, within).toMatchObject({ eligible: true, slashable: '1000' });
  const before = (await scored())?.score ?? 0;
  await report('failed', 5);
  await expect.poll(async () => (await scored())?.score, within).toBeLessThan(before - 0.1);
  await expect.poll(() => news.at(-1) ?? '', within).toContain('reliability fell');
});

it('passes over entries that are no outcome', async () => {
  await world.redis.xAdd(redisKeys.outcomes(outcomeShard(PROVIDER)), '*', { outcome: '{"kind":' });
  await report('completed', 3);
  start();
  await expect.poll(async () => (await scored())?.jobs, within).toBeGreaterThan(2.9);
});

it('has one writer, and another takes over with nothing lost or counted twice', async () => {
  const first = start();
  const second = start();
  await report('completed', 10);
  await expect.poll(async () => (await scored())?.jobs, within).toBeCloseTo(10, 1);
  const version = (await snapshot())?.version ?? 0;
  await expect.poll(async () => (await snapshot())?.version, within).toBeGreaterThan(version + 2);
  expect([await first.writes(), await second.writes()].filter((count) => count > 0)).toHaveLength(
    1,
  );
  await first.close();
  await report('completed', 5);
  await expect.poll(async () => (await scored())?.jobs, within).toBeCloseTo(15, 0);
  await second.close();
  start();
  await report('completed', 1);
  await expect.poll(async () => (await scored())?.jobs, within).toBeCloseTo(16, 0);
});

it('rebuilds its scores from the streams where nothing was saved', async () => {
  const { close } = start();
  await report('completed', 10);
  await expect.poll(async () => (await scored())?.jobs, within).toBeCloseTo(10, 1);
  await close();
  await world.redis.del([redisKeys.scoresState, redisKeys.scores]);
  start();
  await expect.poll(async () => (await scored())?.jobs, within).toBeCloseTo(10, 1);
});

it('freezes scores, marked stale, while the index is away, and goes on by itself', async () => {
  start();
  await expect.poll(async () => (await snapshot())?.stale, within).toBe(false);
  const before = await scored();
  world.index.down = true;
  await report('failed', 5);
  await expect.poll(async () => (await snapshot())?.stale, within).toBe(true);
  const version = (await snapshot())?.version ?? 0;
  await expect.poll(async () => (await snapshot())?.version, within).toBeGreaterThan(version + 1);
  expect(await scored()).toEqual(before);
  world.index.down = false;
  await expect.poll(async () => (await snapshot())?.stale, within).toBe(false);
  await expect.poll(async () => (await scored())?.score, within).toBeLessThan(before?.score ?? 0);
});

it('takes in what a new block says at once, and what a reorg takes back', async () => {
  start();
  await expect.poll(scored, within).toMatchObject({ slashable: '1000' });
  const { index } = world;
  index.overrides = chain('500');
  index.block += 1;
  await expect.poll(scored, within).toMatchObject({ slashable: '500' });
  index.overrides = chain('1000');
  index.block -= 1;
  await expect.poll(scored, within).toMatchObject({ slashable: '1000' });
});

it('counts jobs and units by the hour', async () => {
  const { close } = start();
  await report('completed', 4);
  await expect.poll(async () => (await scored())?.jobs, within).toBeGreaterThan(3.9);
  await close();
  const hours = await createScoreStore(world.redis).hours();
  expect(hours.map(([, jobs, units]) => [jobs, units])).toEqual([[4, '12']]);
});
