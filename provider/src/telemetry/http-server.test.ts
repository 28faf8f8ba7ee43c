import { connect, type Socket } from 'node:net';
import { AssayError } from '@assay/wire';
import { expect, it, onTestFinished } from 'vitest';
import { json, portOf, type Routes, serveHttp } from './http-server.ts';

const ROUTES: Routes = {
  'GET /healthz': () => ({ body: 'ok' }),
  'POST /claim': (body) => json({ body }),
  'GET /refused': () => {
    throw new AssayError('P307', { details: { reason: 'as asked' } });
  },
};

async function setup(limits?: Parameters<typeof serveHttp>[2]) {
  const server = await serveHttp(ROUTES, { host: '127.0.0.1', port: 0 }, limits);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const port = portOf(server);
  /** What comes back to raw bytes, until the server closes the connection. */
  const send = (bytes: string | Buffer): Promise<string> =>
    new Promise((resolve) => {
      let answer = '';
      const socket: Socket = connect(port, '127.0.0.1', () => socket.write(bytes));
      socket.on('data', (part) => {
        answer += part.toString('latin1');
      });
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(answer));
    });
  const get = (target: string): Promise<string> =>
    send(`GET ${target} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`);
  const healthy = async (): Promise<boolean> => / 200 OK[\s\S]*\r\nok/.test(await get('/healthz'));
  return { server, port, send, get, healthy };
}

it.each(['//', '///', '//:', 'http://', '/\\', '*', 'http://[', '/%', '/?x'])(
  'answers 4xx to GET %s and goes on',
  async (target) => {
    const { get, healthy } = await setup();
    expect(await get(target)).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect(await healthy()).toBe(true);
  },
);

it('knows nothing by the names every object has', async () => {
  const { send, get } = await setup();
  expect(await get('/constructor')).toMatch(/^HTTP\/1\.1 404 /);
  expect(await send('__proto__ / HTTP/1.1\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
});

it('survives 300 requests of random bytes', async () => {
  const { send, healthy } = await setup();
  let seed = 7;
  const next = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed % below;
  };
  const pieces = [
    'GET ',
    'POST ',
    '/',
    '//',
    '?',
    '%',
    'HTTP/1.1',
    '\r\n',
    ': ',
    'a',
    '\0',
    '\xff',
  ];
  for (let round = 0; round < 300; round++) {
    const garbage = Array.from({ length: 1 + next(20) }, () => pieces[next(pieces.length)]).join(
      '',
    );
    await send(Buffer.from(`${garbage} HTTP/1.1\r\nconnection: close\r\n\r\n\r\n`, 'latin1'));
  }
  expect(await healthy()).toBe(true);
}, 30_000);

it('refuses a body over its limit with the code, and reads no more of it', async () => {
  const { send, healthy } = await setup();
  const head =
    'POST /claim HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 9000\r\n\r\n';
  expect(await send(head + 'x'.repeat(9_000))).toMatch(/^HTTP\/1\.1 409 [\s\S]*I100/);
  expect(await healthy()).toBe(true);
});

it('hangs up on headers that do not end and on connections that stay silent', async () => {
  const { send, port, healthy } = await setup({ headersMs: 100, idleMs: 100, connections: 50 });
  const silent = new Promise((resolve) =>
    connect(port, '127.0.0.1')
      .on('close', resolve)
      .on('error', () => undefined)
      .resume(),
  );
  expect(await send('GET /healthz HTTP/1.1\r\nx: ')).not.toContain('200 OK');
  await silent;
  expect(await healthy()).toBe(true);
}, 30_000);

it('keeps no more connections than allowed', async () => {
  const { port } = await setup({ headersMs: 5_000, idleMs: 5_000, connections: 2 });
  const dial = () =>
    connect(port, '127.0.0.1')
      .on('error', () => undefined)
      .resume();
  const [first, second] = [dial(), dial()];
  await Promise.all([first, second].map((s) => new Promise((done) => s.once('connect', done))));
  const third = dial();
  await new Promise((done) => third.once('close', done));
  for (const socket of [first, second]) socket.destroy();
});

it('a port that is taken is a wrong config, and the hint is about the port', async () => {
  const { port } = await setup();
  await expect(serveHttp(ROUTES, { host: '127.0.0.1', port })).rejects.toMatchObject({
    ...{ code: 'P320', hint: expect.stringContaining('http.port') },
  });
});

it('a socket that cannot be opened is not blamed on the port', async () => {
  const refused = serveHttp(ROUTES, { path: '/nowhere/at/all.sock' });
  await expect(refused).rejects.toMatchObject({ hint: expect.stringContaining('dataDir') });
});
