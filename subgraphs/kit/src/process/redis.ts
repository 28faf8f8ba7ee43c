import { createClient } from 'redis';
import type { Log } from './log.ts';

export type Redis = ReturnType<typeof createPlainClient>;

const MAX_RETRY_MS = 2_000;

function createPlainClient(url: string) {
  return createClient({
    url,
    socket: {
      connectTimeout: 5_000,
      reconnectStrategy: (retries) => Math.min(50 * 2 ** Math.min(retries, 6), MAX_RETRY_MS),
    },
    // While Redis is away a command fails at once: a queue of old commands helps nobody.
    disableOfflineQueue: true,
    // The client's own time limit ends when a command is written, at once without a queue, but its timer would still go
    // off five seconds after each.
    commandOptions: { timeout: 0 },
  });
}

/**
 * Connects to Redis and keeps reconnecting. Losing and regaining the connection is logged once each.
 * Close it with `close()`.
 */
export async function connectRedis(url: string, log: Log): Promise<Redis> {
  const client = createPlainClient(url);
  let lost = false;
  client.on('error', (error: unknown) => {
    if (!lost) log.warn({ err: error }, 'redis lost');
    lost = true;
  });
  client.on('ready', () => {
    if (lost) log.info('redis regained');
    lost = false;
  });
  await client.connect();
  return client;
}
