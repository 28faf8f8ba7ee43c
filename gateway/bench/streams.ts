/** `npm run bench -- streams`: 1,000 WebSocket and 1,000 SSE subscribers behind one gateway. */
import { type MeasuredChild, startMeasuredChild } from './parts/measured-child.ts';
import { printRow } from './parts/print-row.ts';
import type { Counts } from './parts/run-subscribers.ts';
import { median, quantile } from './parts/statistics.ts';

const FLAT = 'subscription { events { seq at text } }';
const ENTITY = 'subscription { events { seq at text provider { id region score } } }';
const EACH = 1_000;
const BURST = 50;
const PACED = 20;
const ROUNDS = 3;
const MEGABYTE = 1024 * 1024;

const start = (file: string) => startMeasuredChild(new URL(`./parts/${file}`, import.meta.url));
const subscribers = await start('run-subscribers.ts');

/** Subscribes, waits until the server has them all, runs, and leaves. */
async function withSubscribers<T>(
  server: MeasuredChild,
  parts: { query: string; ws: number; sse: number; sources: number },
  run: (followers: number) => Promise<T>,
): Promise<T> {
  const { query, ws, sse, sources } = parts;
  await subscribers.command('join', { port: server.port, query, ws, sse });
  await until(async () => (await server.command<number>('open')) >= sources);
  try {
    return await run(ws + sse);
  } finally {
    await subscribers.command('leave');
  }
}

async function until(holds: () => Promise<boolean>): Promise<number> {
  const begun = performance.now();
  while (!(await holds())) {
    if (performance.now() - begun > 60_000) throw new Error('gave up waiting for a minute');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return performance.now() - begun;
}

interface Burst {
  readonly perSecond: number;
  readonly cpuMicros: number;
  readonly lost: number;
}

async function burst(server: MeasuredChild, followers: number): Promise<Burst> {
  await warm(server, followers);
  const expected = BURST * followers;
  const cpu = await server.cpuMs();
  const begun = performance.now();
  await server.command('publish', BURST);
  await until(async () => (await subscribers.command<number>('count')) >= expected);
  const seconds = (performance.now() - begun) / 1000;
  const cpuMs = (await server.cpuMs()) - cpu;
  const { events, faulty } = await subscribers.command<Counts>('take');
  return {
    perSecond: events / seconds,
    cpuMicros: (1000 * cpuMs) / events,
    lost: expected - events + faulty,
  };
}

/** Every subscriber is counted only once it surely listens. */
async function warm(server: MeasuredChild, followers: number): Promise<void> {
  await server.command('publish', 1);
  await until(async () => (await subscribers.command<number>('count')) >= followers);
  await subscribers.command('take');
}

async function paced(server: MeasuredChild, followers: number): Promise<Counts> {
  await warm(server, followers);
  for (let sent = 1; sent <= PACED; sent++) {
    await server.command('publish', 1);
    await until(async () => (await subscribers.command<number>('count')) >= sent * followers);
  }
  return subscribers.command<Counts>('take');
}

const gateway = await start('serve-streams.ts');
const plain = await start('serve-plain-streams.ts');

const flat: Burst[] = [];
const direct: Burst[] = [];
for (let round = 0; round < ROUNDS; round++) {
  flat.push(
    await withSubscribers(gateway, { query: FLAT, ws: EACH, sse: EACH, sources: 1 }, (n) =>
      burst(gateway, n),
    ),
  );
  direct.push(
    await withSubscribers(plain, { query: FLAT, ws: 2 * EACH, sse: 0, sources: 2 * EACH }, (n) =>
      burst(plain, n),
    ),
  );
}
const of = (bursts: readonly Burst[], field: keyof Burst) =>
  median(bursts.map((one) => one[field]));
const perSecond = of(flat, 'perSecond');
printRow('streams', {
  name: 'flat events delivered to 1,000 WebSocket + 1,000 SSE, against plain graphql-ws with 2,000',
  ours: perSecond,
  reference: of(direct, 'perSecond'),
  unit: 'events/s',
  bar: 'ours >= 13000',
  ok: perSecond >= 13_000,
});
printRow('streams', {
  name: 'the same, gateway CPU per event',
  ours: of(flat, 'cpuMicros'),
  reference: of(direct, 'cpuMicros'),
  unit: 'us',
  bar: 'informative',
  ok: null,
});

const entities = await withSubscribers(
  gateway,
  { query: ENTITY, ws: EACH, sse: EACH, sources: 1 },
  (n) => paced(gateway, n),
);
const p99 = quantile(entities.latenciesMs, 0.99);
printRow('streams', {
  name: 'entity events (two more subgraphs each) to 1,000 + 1,000, publish to receive, p99',
  ours: p99,
  reference: null,
  unit: 'ms',
  bar: 'ours < 150',
  ok: p99 < 150,
});
const lost = [...flat, ...direct].reduce((sum, one) => sum + one.lost, 0) + entities.faulty;
printRow('streams', {
  name: 'events lost or repeated in all of the above',
  ours: lost,
  reference: null,
  unit: 'events',
  bar: 'ours = 0',
  ok: lost === 0,
});

const rss = await withSubscribers(
  gateway,
  { query: FLAT, ws: EACH, sse: EACH, sources: 1 },
  async (n) => {
    await warm(gateway, n);
    return gateway.rssBytes();
  },
);
printRow('streams', {
  name: 'gateway memory with 2,000 subscribers',
  ours: rss / MEGABYTE,
  reference: (await plain.rssBytes()) / MEGABYTE,
  unit: 'MB',
  bar: 'ours < 350',
  ok: rss < 350 * MEGABYTE,
});

await subscribers.command('join', { port: gateway.port, query: FLAT, ws: EACH, sse: EACH });
await until(async () => (await gateway.command<number>('open')) >= 1);
await subscribers.command('leave');
const closed = await until(async () => (await gateway.command<number>('open')) === 0);
printRow('streams', {
  name: 'sources closed after 2,000 subscribers vanish',
  ours: closed,
  reference: null,
  unit: 'ms',
  bar: 'ours < 1000',
  ok: closed < 1_000,
});

await Promise.all([gateway.stop(), plain.stop(), subscribers.stop()]);
