import { AssayError } from '@assay/wire';
import { createClient } from 'redis';
import { startRedis } from '../processes/redis.ts';
import type { Context } from './context.ts';
import { startPart } from './start-part.ts';

const MARK = 'assay:localnet';

export interface HotState {
  readonly url: string;
}

/** Empty hot state for a fresh chain: an own Redis, or the database that REDIS_URL names. */
export async function startHotState(
  context: Context,
  redisUrl: string | undefined,
): Promise<HotState> {
  if (redisUrl === undefined) {
    return startPart(context, 'redis', async (note) => {
      const redis = await startRedis({
        logFile: context.log('redis'),
        dataDir: context.place('redis'),
      });
      note(redis.url);
      return redis;
    });
  }
  return context.reporter.stage('redis', async (note) => {
    note(`REDIS_URL ${withoutPassword(redisUrl)}`);
    await claimDatabase(redisUrl);
    return { url: redisUrl };
  });
}

/** Empties a database that an earlier local network used; refuses one that holds anything else. */
export async function claimDatabase(url: string): Promise<void> {
  const client = createClient({ url, socket: { reconnectStrategy: false, connectTimeout: 3_000 } });
  client.on('error', () => undefined); // connect() rejects with it
  try {
    await client.connect();
    const [keys, mark] = [await client.dbSize(), await client.exists(MARK)];
    if (keys > 0 && mark === 0) throw foreign(url, keys);
    await client.flushDb();
    await client.set(MARK, '1');
  } catch (cause) {
    if (cause instanceof AssayError) throw cause;
    throw new AssayError('N900', {
      cause,
      details: { process: 'redis' },
      hint: `redis: cannot use REDIS_URL ${withoutPassword(url)}: ${cause instanceof Error ? cause.message : String(cause)}. Start that Redis, or unset REDIS_URL to use an own one.`,
    });
  } finally {
    client.destroy();
  }
}

function foreign(url: string, keys: number): AssayError {
  return new AssayError('N900', {
    details: { process: 'redis', keys },
    hint: `redis: the database at ${withoutPassword(url)} holds ${keys} keys of another program. Name an empty one in REDIS_URL, for example by adding /9, or unset REDIS_URL.`,
  });
}

function withoutPassword(url: string): string {
  const shown = new URL(url);
  if (shown.password !== '') shown.password = '***';
  return shown.href;
}
