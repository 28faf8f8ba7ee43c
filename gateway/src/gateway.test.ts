import { randomBytes } from 'node:crypto';
import { type Subgraph, serveSubgraph } from '@assay/kit';
import { sha256, signIdentity, toHex } from '@assay/wire';
import { createClient } from 'graphql-ws';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { connectRemoteSubgraph } from './federation/remote-subgraph.ts';
import { startTestGateway } from './testing/start-test-gateway.ts';
import { TEST_SECRET } from './testing/test-subgraphs.ts';

const TOKEN = `0x${'ab'.repeat(32)}`;
const TOKEN_HASH = toHex(sha256(Buffer.from(TOKEN.slice(2), 'hex')));
const EVENTS = 'subscription { events { seq provider { region } } }';

async function overHttp(subgraphs: readonly { name: string }[]) {
  const served = await Promise.all(
    subgraphs.map((subgraph) => serveSubgraph(subgraph as never, { host: '127.0.0.1', port: 0 })),
  );
  onTestFinished(async () => void (await Promise.all(served.map((server) => server.close()))));
  return Promise.all(
    served.map(({ url }, index) =>
      connectRemoteSubgraph({
        name: (subgraphs[index] as Subgraph).name,
        url,
        identityHeader: () => signIdentity({ requestId: 'test' }, TEST_SECRET, Date.now()),
        signal: AbortSignal.timeout(10_000),
      }),
    ),
  );
}

async function ask(url: string, query: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query }),
  });
  return (await response.json()) as {
    data?: Record<string, unknown>;
    errors?: { extensions: Record<string, unknown> }[];
  };
}

function follow(wsUrl: string, authorization?: string) {
  const client = createClient({
    url: wsUrl,
    webSocketImpl: WebSocket,
    retryAttempts: 0,
    ...(authorization === undefined ? {} : { connectionParams: { authorization } }),
  });
  onTestFinished(() => void client.dispose());
  return client;
}

const modes = [
  { mode: 'in one process', options: {} },
  { mode: 'over HTTP and WebSocket', options: { remote: overHttp } },
];

for (const { mode, options } of modes) {
  test(`answers a federated query ${mode}`, async () => {
    const { url } = await startTestGateway(options);
    const answer = await ask(url, '{ manyProviders(first: 1) { id region } }');
    expect(answer).toEqual({ data: { manyProviders: [{ id: 'p0', region: 'eu' }] } });
  });

  test(`carries the bearer token by HTTP header and connectionParams alike, ${mode}`, async () => {
    const { url, wsUrl } = await startTestGateway(options);
    const authorization = `Bearer ${TOKEN}`;
    expect((await ask(url, '{ whoAmI }', { authorization })).data).toEqual({ whoAmI: TOKEN_HASH });
    const answers = follow(wsUrl, authorization).iterate({ query: '{ whoAmI }' });
    expect((await answers.next()).value).toEqual({ data: { whoAmI: TOKEN_HASH } });
  });

  test(`streams over WebSocket and closes the source when the client leaves, ${mode}`, async () => {
    const { wsUrl, probe } = await startTestGateway(options);
    const events = follow(wsUrl).iterate({ query: EVENTS });
    const first = events.next();
    await probe.nextOpen();
    probe.emit({ seq: 1, provider: { id: 'p1' } });
    expect((await first).value).toEqual({
      data: { events: { seq: 1, provider: { region: 'eu' } } },
    });
    const closed = probe.nextClose();
    await events.return?.();
    await closed;
    expect(probe.closed).toBe(1);
  });

  test(`streams over SSE and closes the source when the client leaves, ${mode}`, async () => {
    const { url, probe } = await startTestGateway(options);
    const abort = new AbortController();
    const opened = probe.nextOpen();
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
      body: JSON.stringify({ query: EVENTS }),
      signal: abort.signal,
    });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    await opened;
    probe.emit({ seq: 1, provider: { id: 'p1' } });
    const reader = response.body?.getReader();
    const text = Buffer.from((await reader?.read())?.value ?? []).toString();
    expect(text).toBe(
      'event: next\ndata: {"data":{"events":{"seq":1,"provider":{"region":"eu"}}}}\n\n',
    );
    const closed = probe.nextClose();
    abort.abort();
    await closed;
    expect(probe.closed).toBe(1);
  });
}

test('closes every source when a WebSocket is cut', async () => {
  const { wsUrl, probe } = await startTestGateway();
  const sockets: WebSocket[] = [];
  class Watched extends WebSocket {
    constructor(...args: ConstructorParameters<typeof WebSocket>) {
      super(...args);
      sockets.push(this);
    }
  }
  const client = createClient({ url: wsUrl, webSocketImpl: Watched, retryAttempts: 0 });
  const events = client.iterate({ query: EVENTS });
  events.next().catch(() => undefined);
  await probe.nextOpen();
  const closed = probe.nextClose();
  sockets[0]?.terminate();
  await closed;
  expect(probe.closed).toBe(1);
});

test('refuses a malformed token the same way everywhere', async () => {
  const { url, wsUrl } = await startTestGateway();
  const refused = await ask(url, '{ whoAmI }', { authorization: 'Bearer hello' });
  expect(refused.errors?.[0]?.extensions).toMatchObject({
    code: 'UNAUTHENTICATED',
    assayCode: 'I105',
  });
  const answers = follow(wsUrl, 'Bearer hello').iterate({ query: '{ whoAmI }' });
  await expect(answers.next()).rejects.toMatchObject({
    code: 4401,
    reason: expect.stringContaining('I105'),
  });
});

test('keeps a given request id and makes one otherwise', async () => {
  const { url } = await startTestGateway();
  const given = await fetch(`${url}/healthz`, { headers: { 'x-request-id': 'abc-1' } });
  expect(given.headers.get('x-request-id')).toBe('abc-1');
  const made = await fetch(`${url}/healthz`, { headers: { 'x-request-id': 'bad id!' } });
  expect(made.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
});

test('refuses a GraphQL body above 1 MiB, announced or not', async () => {
  const { url } = await startTestGateway();
  const headers = { 'content-type': 'application/json' };
  const body = 'x'.repeat(1024 * 1024 + 1);
  const announced = await fetch(`${url}/graphql`, { method: 'POST', headers, body });
  expect(announced.status).toBe(413);
  const chunks = new ReadableStream({
    pull(controller) {
      controller.enqueue(Buffer.alloc(64 * 1024, 'x'));
    },
  });
  const endless = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers,
    body: chunks,
    duplex: 'half',
  } as RequestInit).catch(
    () => undefined, // the gateway may hang up before the client has read its answer
  );
  expect([undefined, 413]).toContain(endless?.status);
});

test('answers 429 with the time to wait', async () => {
  const { url } = await startTestGateway({ ratePerMinute: 6 });
  await ask(url, '{ whoAmI }');
  const response = await fetch(`${url}/graphql?query={whoAmI}`);
  expect(response.status).toBe(429);
  expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
});

// The page weighs nine megabytes, and is built at the first visit.
test('shows a browser GraphiQL from this server alone, with pre-filled tabs', {
  timeout: 60_000,
}, async () => {
  const { url } = await startTestGateway();
  const response = await fetch(`${url}/graphql`, { headers: { accept: 'text/html,*/*' } });
  const page = await response.text();
  expect(page).toContain('renderYogaGraphiQL');
  expect(page).toContain('submitJob');
  expect(page).not.toMatch(/<(script|link)[^>]+(src|href)="https?:/);
});

test('stores and returns blobs, and refuses bytes of another hash', async () => {
  const { url } = await startTestGateway();
  const bytes = randomBytes(200_000);
  const id = toHex(sha256(bytes));
  const put = await fetch(`${url}/v2/blobs/${id}`, { method: 'PUT', body: bytes });
  expect([put.status, await put.json()]).toMatchObject([201, { sha256: id, bytes: 200_000 }]);
  const got = await fetch(`${url}/v2/blobs/${id}`);
  expect(Buffer.from(await got.arrayBuffer()).equals(bytes)).toBe(true);
  const wrong = await fetch(`${url}/v2/blobs/${id}`, { method: 'PUT', body: Buffer.from('other') });
  expect([wrong.status, await wrong.json()]).toMatchObject([400, { error: { code: 'I100' } }]);
  const unknown = await fetch(`${url}/v2/blobs/${'0'.repeat(64)}`);
  expect([unknown.status, await unknown.json()]).toMatchObject([404, { error: { code: 'I110' } }]);
});

test('is ready, healthy, and counts', async () => {
  const { url } = await startTestGateway();
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  const metrics = await (await fetch(`${url}/metrics`)).text();
  expect(metrics).toContain('process_cpu_seconds_total');
  expect(metrics).toMatch(
    /assay_gateway_http_requests_total\{route="health",status="200"[^}]*\} 2/,
  );
  expect((await fetch(`${url}/nothing`)).status).toBe(404);
});

test('reports errors over WebSocket as over HTTP, and keeps the socket', async () => {
  const { url, wsUrl } = await startTestGateway();
  const client = follow(wsUrl);
  for (const query of [
    '{ refuse }',
    '{ crash }',
    '{ nothing }',
    'query ($n: Int!) { manyProviders(first: $n) { id } }',
  ]) {
    const { value } = await client.iterate({ query }).next();
    const { errors } = await ask(url, query);
    expect(value.errors[0].extensions.assayCode).toBe(errors?.[0]?.extensions.assayCode);
  }
  expect((await client.iterate({ query: '{ whoAmI }' }).next()).value.data).toEqual({
    whoAmI: 'nobody',
  });
});

test('reports a failed entity in its own event over WebSocket and SSE', async () => {
  const { url, wsUrl, probe } = await startTestGateway();
  const events = follow(wsUrl).iterate({ query: EVENTS });
  const first = events.next();
  await probe.nextOpen();
  probe.emit({ seq: 1, provider: { id: 'gone' } });
  expect((await first).value?.errors?.[0]?.extensions).toMatchObject({ assayCode: 'X500' });
  await events.return?.();
  const opened = probe.nextOpen();
  const response = await fetch(`${url}/graphql/stream?query=${encodeURIComponent(EVENTS)}`);
  await opened;
  probe.emit({ seq: 1, provider: { id: 'gone' } });
  const read = await response.body?.getReader().read();
  expect(Buffer.from(read?.value ?? []).toString()).toContain('"assayCode":"X500"');
});

test('bounds the operations of one socket', async () => {
  const { wsUrl } = await startTestGateway();
  const client = follow(wsUrl);
  const streams = Array.from({ length: 257 }, () => client.iterate({ query: EVENTS }));
  const last = client.iterate({ query: EVENTS });
  for (const stream of streams) stream.next().catch(() => undefined);
  const [refused] = (await last.next().catch((error: unknown) => error)) as {
    extensions: Record<string, unknown>;
  }[];
  expect(refused?.extensions).toMatchObject({ assayCode: 'G801' });
});

test('ends an SSE stream without `complete` when it shuts down', async () => {
  const { url, probe, close } = await startTestGateway();
  const response = await fetch(`${url}/graphql/stream?query=${encodeURIComponent(EVENTS)}`);
  await probe.nextOpen();
  const text = response.text();
  await close();
  expect(await text).toBe('');
  expect(probe.closed).toBe(1);
});

test('says goodbye to open streams when it shuts down', async () => {
  const { wsUrl, probe, close } = await startTestGateway();
  const events = follow(wsUrl).iterate({ query: EVENTS });
  const next = events.next();
  await probe.nextOpen();
  const ended = expect(next).rejects.toMatchObject({ code: 1001 });
  await close();
  await ended;
  expect(probe.closed).toBe(1);
});
