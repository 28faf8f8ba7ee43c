import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { createClient } from 'redis';
import { expect, onTestFinished, test } from 'vitest';
import { startAnvil } from './anvil.ts';
import { startIpfsStub } from './ipfs-stub.ts';
import { startPostgres } from './postgres.ts';
import { startRedis } from './redis.ts';

function setup(): string {
  const directory = mkdtempSync(join(tmpdir(), 'assay-processes-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

test('anvil keeps its chain across a restart', async () => {
  const directory = setup();
  const options = { logFile: join(directory, 'anvil.log'), state: join(directory, 'chain.json') };
  const first = await startAnvil(options);
  await first.rpc('anvil_mine', '0x5');
  await first.stop();

  const second = await startAnvil(options);

  expect(await second.rpc('eth_blockNumber')).toBe('0x5');
  await second.stop();
});

test('two anvils never share a port', async () => {
  const directory = setup();
  const [one, two] = await Promise.all(
    ['one', 'two'].map((name) => startAnvil({ logFile: join(directory, name) })),
  );

  expect(one?.url).not.toBe(two?.url);
  await Promise.all([one?.stop(), two?.stop()]);
});

test('redis finds its data again after it was killed', async () => {
  const directory = setup();
  const options = {
    logFile: join(directory, 'redis.log'),
    dataDir: join(directory, 'redis'),
    fsync: 'always' as const,
  };
  const first = await startRedis(options);
  await withRedis(first.url, (client) => client.set('voucher', '42'));
  process.kill(first.pid, 'SIGKILL');
  await first.exited;

  const second = await startRedis(options);

  expect(await withRedis(second.url, (client) => client.get('voucher'))).toBe('42');
  await second.stop();
});

test('postgres gives each chain a fresh UTF-8 database in the C locale', {
  timeout: 30_000,
}, async () => {
  const postgres = await startPostgres({ logFile: join(setup(), 'postgres.log') });
  const url = await postgres.createDatabase('chain-1');
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query(
    'SELECT pg_encoding_to_char(encoding) AS encoding, datcollate FROM pg_database WHERE datname = current_database()',
  );
  await client.end();
  await postgres.dropDatabase('chain-1');

  expect(new URL(url).password).not.toBe('');
  expect(rows).toEqual([{ encoding: 'UTF8', datcollate: 'C' }]);
  await postgres.createDatabase('chain-1');
  await postgres.stop();
  expect(await postgres.exited).toEqual({ code: 0, signal: null });
});

test('the ipfs stub answers the start-up question only', async () => {
  const stub = await startIpfsStub();

  const version = await fetch(`${stub.url}/api/v0/version`, { method: 'POST' });
  const file = await fetch(`${stub.url}/api/v0/cat?arg=Qm`, { method: 'POST' });

  expect([version.status, file.status]).toEqual([200, 404]);
  await stub.stop();
});

async function withRedis<T>(
  url: string,
  use: (client: { set(k: string, v: string): unknown; get(k: string): unknown }) => T,
) {
  const client = createClient({ url });
  await client.connect();
  try {
    return await use(client);
  } finally {
    client.destroy();
  }
}
