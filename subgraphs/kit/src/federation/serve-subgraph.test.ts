import 'reflect-metadata';
import { IDENTITY_HEADER, signIdentity } from '@assay/wire';
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWsClient } from 'graphql-ws';
import { Arg, Int, Query, Resolver, Root, Subscription } from 'type-graphql';
import { expect, it, onTestFinished, vi } from 'vitest';
import WebSocket from 'ws';
import { createLog } from '../process/log.ts';
import { createBroadcast } from '../stream/broadcast.ts';
import { createSubgraph } from './create-subgraph.ts';
import { serveSubgraph } from './serve-subgraph.ts';

// Slow only where many tests share few cores.
vi.setConfig({ testTimeout: 60_000 });

const SECRET = 'a secret of the test, long enough';
const news = createBroadcast<number>();

@Resolver()
class NumbersResolver {
  @Query(() => Int)
  twice(@Arg('value', () => Int) value: number) {
    return 2 * value;
  }

  @Subscription(() => Int, { subscribe: () => news.subscribe() })
  numbers(@Root() value: number) {
    return value;
  }
}

async function setup() {
  const log = createLog('test', 'silent');
  const subgraph = await createSubgraph({
    name: 'models',
    resolvers: [NumbersResolver],
    createContext: () => ({}),
    identitySecret: SECRET,
    log,
  });
  const served = await serveSubgraph(subgraph, { host: '127.0.0.1', port: 0 });
  onTestFinished(async () => {
    await served.close();
    await subgraph.close();
  });
  const identity = signIdentity({ requestId: 'r' }, SECRET, Date.now());
  const post = (body: string, headers: Record<string, string> = { [IDENTITY_HEADER]: identity }) =>
    fetch(served.url, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...headers },
    });
  return { served, identity, post, origin: served.url.replace('/graphql', '') };
}

it('answers over HTTP to the gateway only', async () => {
  const { post } = await setup();
  const body = JSON.stringify({ query: '{ twice(value: 21) _service { sdl } }' });
  expect(await (await post(body)).json()).toMatchObject({ data: { twice: 42 } });
  const refused = await (await post(body, {})).json();
  expect(refused).toMatchObject({ errors: [{ extensions: { assayCode: 'G803' } }] });
});

it('answers broken and oversized bodies with typed errors', async () => {
  const { post } = await setup();
  const broken = await post('{');
  expect([broken.status, await broken.json()]).toMatchObject([
    400,
    { errors: [{ extensions: { assayCode: 'I100' } }] },
  ]);
  const oversized = await post(JSON.stringify({ query: ' '.repeat(1_100_000) }));
  expect([oversized.status, await oversized.json()]).toMatchObject([
    413,
    { errors: [{ extensions: { assayCode: 'G802' } }] },
  ]);
});

it('streams over WebSocket and over SSE, and releases the source when the client leaves', async () => {
  const { served, identity, origin } = await setup();
  const ws = createWsClient({
    url: served.url.replace('http', 'ws'),
    webSocketImpl: WebSocket,
    connectionParams: { [IDENTITY_HEADER]: identity },
  });
  const sse = createSseClient({
    url: `${origin}/graphql/stream`,
    headers: { [IDENTITY_HEADER]: identity },
  });
  for (const client of [ws, sse]) {
    const stream = client.iterate({ query: 'subscription { numbers }' });
    const first = stream.next();
    await expect.poll(() => news.subscribers).toBe(1);
    news.publish(7);
    expect(await first).toMatchObject({ value: { data: { numbers: 7 } } });
    await stream.return?.();
    await expect.poll(() => news.subscribers).toBe(0);
  }
});

it('refuses a stream without an identity', async () => {
  const { origin } = await setup();
  const sse = createSseClient({ url: `${origin}/graphql/stream` });
  const stream = sse.iterate({ query: 'subscription { numbers }' });
  expect(await stream.next()).toMatchObject({
    value: { errors: [{ extensions: { assayCode: 'G803' } }] },
  });
  expect(news.subscribers).toBe(0);
});

it('tells health, readiness and metrics', async () => {
  const { origin, post } = await setup();
  await post(JSON.stringify({ query: '{ twice(value: 1) }' }));
  for (const path of ['healthz', 'readyz'])
    expect((await fetch(`${origin}/${path}`)).status).toBe(200);
  const metrics = await (await fetch(`${origin}/metrics`)).text();
  expect(metrics).toMatch(/assay_subgraph_operations_total\{part="models"\} 1/);
});
