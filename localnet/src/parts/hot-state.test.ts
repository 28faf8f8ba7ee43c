import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from 'redis';
import { expect, test } from 'vitest';
import { startRedis } from '../processes/redis.ts';
import { claimDatabase } from './hot-state.ts';

async function setup() {
  const dir = mkdtempSync(join(tmpdir(), 'assay-hot-state-'));
  const own = await startRedis({ dataDir: join(dir, 'redis'), logFile: join(dir, 'redis.log') });
  const client = createClient({ url: own.url });
  await client.connect();
  const stop = async () => {
    client.destroy();
    await own.stop();
  };
  return { own, client, stop };
}

test('claims the empty database of REDIS_URL and empties it on the next start', async () => {
  const { own, client, stop } = await setup();
  const url = `${own.url}/5`;
  await client.select(5);

  await claimDatabase(url);
  await client.set('job', '1');
  await claimDatabase(url);

  expect(await client.get('job')).toBeNull();
  await stop();
});

test("never empties somebody else's database", async () => {
  const { own, client, stop } = await setup();
  await client.set('precious', '1');

  await expect(claimDatabase(own.url)).rejects.toMatchObject({
    code: 'N900',
    hint: expect.stringContaining('holds 1 keys of another program'),
  });
  expect(await client.get('precious')).toBe('1');
  await stop();
});

test('says that the Redis of REDIS_URL cannot be reached, without its password', async () => {
  const { own, stop } = await setup();
  await stop();

  await expect(claimDatabase(own.url.replace('//', '//user:secret@'))).rejects.toMatchObject({
    hint: expect.not.stringContaining('secret'),
  });
});
