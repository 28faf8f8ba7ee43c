import { mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { type Child, startChild } from './child-process.ts';
import { claimPort } from './free-port.ts';
import { pollUntil } from './poll-until.ts';

export interface RedisOptions {
  logFile: string;
  /** Where the append-only file lives; a restart on the same directory finds everything. */
  dataDir: string;
  /** Path of `redis-server`; absent: the one on PATH. */
  command?: string;
  port?: number;
  /** `always` stores each write before it is answered; `everysec` may lose a second. */
  fsync?: 'always' | 'everysec';
}

export interface Redis extends Child {
  readonly url: string;
}

/** A real Redis with its append-only file on. */
export async function startRedis(options: RedisOptions): Promise<Redis> {
  const { logFile, dataDir, command = 'redis-server', fsync = 'everysec' } = options;
  const port = await claimPort('redis', options.port);
  mkdirSync(dataDir, { recursive: true });
  const child = await startChild({
    name: 'redis',
    command,
    args: [
      ...['--bind', '127.0.0.1', '--port', `${port}`, '--dir', dataDir],
      ...['--appendonly', 'yes', '--appendfsync', fsync, '--save', ''],
    ],
    logFile,
    ports: [port],
    ready: (signal) => pollUntil((each) => answersPing(port, each), signal, 20),
  });
  return { ...child, url: `redis://127.0.0.1:${port}` };
}

/** While it loads its file Redis answers `-LOADING`; only `+PONG` is ready. */
function answersPing(port: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', signal });
    socket.once('error', reject);
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', (answer) => {
      socket.destroy();
      resolve(answer.toString().startsWith('+PONG'));
    });
  });
}
