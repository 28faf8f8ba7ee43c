import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { postJson } from './post-json.ts';

async function setup(answer: RequestListener) {
  const server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  let connections = 0;
  server.on('connection', () => {
    connections += 1;
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
  const post = (options: { timeoutMs?: number; signal?: AbortSignal } = {}) =>
    postJson(url, { body: '{"é":1}', headers: { 'x-who': 'me' }, timeoutMs: 10_000, ...options });
  return {
    post,
    connections: () => connections,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Says what it heard. */
const echo: RequestListener = async (request, response) => {
  const { method, headers } = request;
  let body = '';
  for await (const part of request.setEncoding('utf8')) body += part;
  response.end(
    JSON.stringify({ method, who: headers['x-who'], type: headers['content-type'], body }),
  );
};

test('posts JSON and reads JSON, call after call over one connection', async () => {
  await using server = await setup(echo);
  const heard = { method: 'POST', who: 'me', type: 'application/json', body: '{"é":1}' };
  for (let call = 0; call < 3; call++) expect(await server.post()).toEqual(heard);
  expect(server.connections()).toBe(1);
});

test('reads the answer whatever its status is', async () => {
  await using server = await setup((_, response) => response.writeHead(500).end('{"errors":[]}'));
  expect(await server.post()).toEqual({ errors: [] });
});

test('rejects an answer that is no JSON', async () => {
  await using server = await setup((_, response) => response.end('<html>'));
  await expect(server.post()).rejects.toThrow(SyntaxError);
});

test.each([
  ['no answer', (_: unknown) => undefined],
  ['no end of the answer', (response: { write(text: string): unknown }) => response.write('{')],
])('rejects where there is %s in time', async (_, begin) => {
  await using server = await setup((_request, response) => void begin(response));
  await expect(server.post({ timeoutMs: 50 })).rejects.toThrow('no answer within 50 ms');
});

test('rejects when it is called off, also while it reads', async () => {
  const off = new AbortController();
  await using server = await setup((_, response) => {
    response.write('{');
    setImmediate(() => off.abort());
  });
  await expect(server.post({ signal: off.signal })).rejects.toMatchObject({ name: 'AbortError' });
});

test('rejects where the server hangs up, before or in its answer, and sends nothing again', async () => {
  let calls = 0;
  await using server = await setup((request, response) => {
    calls += 1;
    if (calls === 1) request.socket.destroy();
    else response.write('{', () => request.socket.destroy());
  });
  for (const call of [1, 2]) {
    await expect(server.post()).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(calls).toBe(call);
  }
});
