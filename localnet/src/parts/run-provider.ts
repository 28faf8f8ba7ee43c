import { readFileSync, rmSync } from 'node:fs';
import type { ProviderActor } from '../actors.ts';
import type { Child } from '../processes/child-process.ts';
import { pollUntil } from '../processes/poll-until.ts';
import type { Context } from './context.ts';
import { startNodeProcess } from './node-process.ts';

/** A provider of a running network, for those who want to see what happens when it is killed. */
export interface RunningProvider {
  readonly address: string;
  readonly name: string;
  readonly pid: number;
  /** SIGKILL, on purpose. */
  kill(): Promise<void>;
  /** Starts again after `kill`, on the same disk. */
  restart(): Promise<void>;
}

/** Starts a registered provider; ready when its health page says so. */
export async function runProvider(
  context: Context,
  actor: ProviderActor,
  configFile: string,
): Promise<RunningProvider> {
  let child = await start(context, actor, configFile);
  return {
    name: actor.name,
    address: actor.owner.address,
    get pid() {
      return child.pid;
    },
    async kill() {
      context.watch.expect(child);
      killIfAlive(child.pid);
      await child.exited;
    },
    async restart() {
      child = await start(context, actor, configFile);
    },
  };
}

/** Killing what is dead already is no error. */
function killIfAlive(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function start(context: Context, actor: ProviderActor, configFile: string): Promise<Child> {
  const portFile = `${context.place(actor.name, 'data')}/http.port`;
  rmSync(portFile, { force: true });
  const child = await startNodeProcess({
    name: actor.name,
    file: 'provider/src/main.ts',
    args: ['start', '--config', configFile],
    logFile: context.log(actor.name),
    signal: context.signal,
    ready: (signal) => pollUntil((each) => isHealthy(portFile, each), signal, 100),
  });
  context.watch.add(child);
  return context.stack.add(child);
}

async function isHealthy(portFile: string, signal: AbortSignal): Promise<boolean> {
  const port = readFileSync(portFile, 'utf8').trim();
  return (await fetch(`http://127.0.0.1:${port}/healthz`, { signal })).ok;
}
