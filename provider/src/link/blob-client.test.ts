import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createSocketServer, type Socket } from 'node:net';
import { AssayError, sha256, toHex } from '@assay/wire';
import { expect, onTestFinished, test } from 'vitest';
import { fetchBlob, putBlob } from './blob-client.ts';

const BYTES = Buffer.from('sixteen bytes!!!');
const SHA = toHex(sha256(BYTES));
const never = new AbortController().signal;

async function setup(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    request.resume();
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/blobs/`;
  return { url, requests: () => requests };
}
const fetching = (url: string, bytes: number, exact = true, signal = never) =>
  fetchBlob(url, { sha: SHA, bytes, exact }, signal);

test('fetches exactly what was announced in the ticket', async () => {
  const { url } = await setup((_, response) => response.end(BYTES));
  expect(Buffer.from(await fetching(url, 16))).toEqual(BYTES);
  expect(Buffer.from(await fetching(url, 99, false))).toEqual(BYTES);
  await expect(fetching(url, 15)).rejects.toMatchObject({ code: 'I110' });
  await expect(fetching(url, 17)).rejects.toMatchObject({ code: 'I110' });
});

test('a store that never stops sending is left at the first byte too many', async () => {
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  const { url } = await setup((_, response) => {
    const more = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(1024)));
    };
    response.on('drain', more).on('close', resolve);
    more();
  });
  await expect(fetching(url, 100_000)).rejects.toMatchObject({ code: 'I110' });
  await closed;
});

test('a redirect is not followed', async () => {
  const target = await setup((_, response) => response.end(BYTES));
  const { url } = await setup((_, response) =>
    response.writeHead(302, { location: `${target.url}${SHA}` }).end(),
  );
  await expect(fetching(url, 16)).rejects.toMatchObject({ code: 'I110' });
  expect(target.requests()).toBe(0);
});

test('says why it was stopped', async () => {
  const stop = new AbortController();
  const { url } = await setup(() => stop.abort(new AssayError('P305')));
  await expect(fetching(url, 16, true, stop.signal)).rejects.toMatchObject({ code: 'P305' });
});

test('a store that is away for a moment costs no output', async () => {
  let broken = 2;
  const { url, requests } = await setup((_, response) => {
    broken -= 1;
    response.writeHead(broken < 0 ? 201 : 503).end();
  });
  expect(await putBlob(url, BYTES, never)).toBe(SHA);
  expect(requests()).toBe(3);
});

test('what a store refuses for good is not put again', async () => {
  const { url, requests } = await setup((_, response) => response.writeHead(413).end());
  await expect(putBlob(url, BYTES, never)).rejects.toMatchObject({ code: 'P300' });
  expect(requests()).toBe(1);
});

test('putting ends with the signal: the deadline, or a cancellation with its reason', async () => {
  const late = new AbortController();
  const cancelled = new AbortController();
  const { url } = await setup((request, response) => {
    response.writeHead(503).end();
    if (request.url?.startsWith('/blobs/late')) late.abort();
    else cancelled.abort(new AssayError('P305'));
  });
  await expect(putBlob(`${url}late`, BYTES, late.signal)).rejects.toMatchObject({ code: 'P300' });
  await expect(putBlob(url, BYTES, cancelled.signal)).rejects.toMatchObject({ code: 'P305' });
});

test('a connection that is closed when it is taken up again costs nothing', async () => {
  const known = new WeakSet<object>();
  const { url, requests } = await setup(({ socket }, response) => {
    if (known.has(socket)) socket.destroy();
    else response.writeHead(201).end();
    known.add(socket);
  });
  for (let put = 0; put < 5; put++) expect(await putBlob(url, BYTES, never)).toBe(SHA);
  expect(requests()).toBeGreaterThan(5);
});

test('an answer to an upload that never ends is left', async () => {
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  const { url } = await setup((_, response) => {
    response.writeHead(201);
    const more = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(1024)));
    };
    response.on('drain', more).on('close', resolve);
    more();
  });
  expect(await putBlob(url, BYTES, never)).toBe(SHA);
  await closed;
});

/** A server that says what no HTTP server of Node would. */
async function setupRaw(onRequest: (socket: Socket, count: number) => void) {
  let count = 0;
  const sockets = new Set<Socket>();
  const server = createSocketServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('data', (data) => {
      if (/^(GET|PUT) /.test(data.toString('latin1'))) onRequest(socket, ++count);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  onTestFinished(stop);
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/blobs/`;
  return { url, stop, sockets, count: () => count };
}

test('an answer that breaks off on a connection used before is no answer, and nothing is asked again', async () => {
  const used = new WeakSet<Socket>();
  const { url, count } = await setupRaw((socket) => {
    const head = 'HTTP/1.1 200 OK\r\ncontent-length: 16\r\n\r\n';
    if (used.has(socket)) socket.write(`${head}half`, () => socket.resetAndDestroy());
    else socket.write(`${head}${BYTES}`);
    used.add(socket);
  });
  const ask = () =>
    fetching(url, 16).then(
      () => undefined,
      (error: unknown) => error,
    );
  let asked = 1;
  let fault = await ask();
  for (; fault === undefined && asked < 20; asked++) fault = await ask();
  expect(fault).toMatchObject({ code: 'I110' });
  expect(await ask()).toBeUndefined();
  expect(count()).toBe(asked + 1);
});

test('an answer in another protocol is none, and ends with the job', async () => {
  const { url } = await setupRaw((socket) => {
    const head = 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade';
    socket.write(`${head}\r\n\r\n`);
  });
  await expect(fetching(url, 16)).rejects.toMatchObject({ code: 'I110' });
  const late = AbortSignal.timeout(200);
  await expect(putBlob(url, BYTES, late)).rejects.toMatchObject({ code: 'P300' });
});

test('what is answered before it is heard is not sent to its end', async () => {
  const { url, sockets } = await setupRaw((socket) => {
    socket.pause();
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
  });
  const bytes = Buffer.alloc(24 * 1024 * 1024, 1);
  expect(await putBlob(url, bytes, never)).toBe(toHex(sha256(bytes)));
  const [socket] = sockets;
  await new Promise((resolve) => socket?.once('close', resolve).resume());
  expect(socket?.bytesRead).toBeLessThan(bytes.byteLength);
});
