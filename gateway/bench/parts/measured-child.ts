import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { nodeFlagsOf } from '../../../localnet/src/processes/node-flags-of.ts';

const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const GATEWAY = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

/** A server under test in a process of its own, whose CPU time and memory can be read. */
export interface MeasuredChild {
  readonly port: number;
  /** CPU milliseconds since its start. */
  cpuMs(): Promise<number>;
  rssBytes(): Promise<number>;
  /** Tells the server to do something it knows. */
  command<T>(name: string, argument?: unknown): Promise<T>;
  stop(): Promise<void>;
}

export type Commands = Readonly<Record<string, (argument: never) => unknown>>;

/** Starts `file`, which calls `serveMeasured`, on Node with the gateway's flags. */
export async function startMeasuredChild(file: URL): Promise<MeasuredChild> {
  const child = fork(file, {
    execArgv: [...nodeFlagsOf(GATEWAY), '--import', TSX],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  let calls = 0;
  const waiting = new Map<number, (value: unknown) => void>();
  child.on('message', ({ id, value }: { id: number; value: unknown }) => waiting.get(id)?.(value));
  const command = <T>(name: string, argument?: unknown) =>
    new Promise<T>((resolve) => {
      const id = ++calls;
      waiting.set(id, resolve as (value: unknown) => void);
      child.send({ id, name, argument });
    });
  const port = await new Promise<number>((resolve, reject) => {
    waiting.set(0, resolve as (value: unknown) => void);
    child.once('exit', (code) => reject(new Error(`${file.pathname} exited with code ${code}`)));
  });
  return {
    port,
    command,
    cpuMs: () => command('cpu'),
    rssBytes: () => command('rss'),
    stop: () => stop(child),
  };
}

/** It leaves by itself, and takes along what it has in the temporary folder. */
async function stop(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.disconnect();
  await exited;
}

/** The child's side: reports the port, then answers. */
export function serveMeasured(port: number, commands: Commands = {}): void {
  const own: Record<string, () => unknown> = {
    cpu: () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1000;
    },
    rss: () => process.memoryUsage().rss,
  };
  process.on(
    'message',
    async ({ id, name, argument }: { id: number; name: string; argument: unknown }) => {
      const answer = own[name] ?? (() => commands[name]?.(argument as never));
      process.send?.({ id, value: await answer() });
    },
  );
  process.on('disconnect', () => process.exit(0));
  process.send?.({ id: 0, value: port });
}
