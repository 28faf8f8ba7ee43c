import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AssayError } from '@assay/wire';
import { portTaken } from './free-port.ts';
import { lastLines } from './last-lines.ts';
import { pollUntil } from './poll-until.ts';
import { portOwner } from './port-owner.ts';
import { processFailure } from './process-failure.ts';
import { tiedToParent } from './tied-to-parent.ts';

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Child {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  /** Settles when the child is gone, whoever ended it; never rejects. */
  readonly exited: Promise<Exit>;
  /** SIGINT, then SIGKILL after the grace period. Safe to call twice. */
  stop(): Promise<void>;
}

export interface ChildOptions {
  name: string;
  command: string;
  args: readonly string[];
  env?: Readonly<Record<string, string | undefined>>;
  cwd?: string;
  logFile: string;
  uid?: number;
  gid?: number;
  /** Ports the child itself must come to listen on before `ready` is asked. */
  ports?: readonly number[];
  /** Resolves once the child serves; rejects only if it never will. */
  ready: (signal: AbortSignal) => Promise<void>;
  readyTimeoutMs?: number;
  graceMs?: number;
  /** Gives up while the child is not ready yet. */
  signal?: AbortSignal;
}

/** Starts one child in its own process group and waits until it is ready or dead. */
export async function startChild(options: ChildOptions): Promise<Child> {
  const { name, logFile, graceMs = 5_000, readyTimeoutMs = 60_000 } = options;
  const { child, exited } = await launch(options);
  const handle: Child = {
    name,
    pid: child.pid ?? 0,
    logFile,
    exited,
    stop: () => stopGroup(child, exited, graceMs),
  };

  const giveUp = new AbortController();
  const timeout = AbortSignal.timeout(readyTimeoutMs);
  const signals = [giveUp.signal, timeout, ...(options.signal ? [options.signal] : [])];
  const ready = serves(options, handle.pid, AbortSignal.any(signals));
  try {
    const early = await Promise.race([ready, exited]);
    if (early) throw died(name, early, logFile);
    if (hasExited(child)) throw died(name, await exited, logFile);
    return handle;
  } catch (cause) {
    giveUp.abort();
    ready.catch(() => undefined);
    await handle.stop();
    if (cause instanceof AssayError) throw cause;
    throw notReady(name, logFile, cause);
  }
}

/** A port may fall to another program between choosing and listening: then `ready` would ask a stranger. */
async function serves({ name, ports = [], ready }: ChildOptions, pid: number, signal: AbortSignal) {
  for (const port of ports) {
    await pollUntil(async () => portOwner(port, pid) !== 'nobody', signal, 20);
    if (portOwner(port, pid) === 'stranger') throw portTaken(name, port);
  }
  await ready(signal);
}

async function launch(options: ChildOptions) {
  const { name, command, args, env, cwd, logFile, uid, gid } = options;
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'a');
  const [file, ...rest] = tiedToParent([command, ...args]);
  const child = spawn(file, rest, {
    stdio: ['ignore', log, log],
    detached: true,
    ...(env && { env: { ...process.env, ...env } }),
    ...(cwd && { cwd }),
    ...(uid !== undefined && { uid }),
    ...(gid !== undefined && { gid }),
  });
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  try {
    await once(child, 'spawn');
  } catch (cause) {
    throw processFailure('notInstalled', {
      process: name,
      command,
      hint: `cannot run ${command}; check that it is installed and may be executed (npm ci).`,
      cause,
    });
  } finally {
    closeSync(log);
  }
  return { child, exited };
}

async function stopGroup(child: ChildProcess, exited: Promise<Exit>, graceMs: number) {
  if (!hasExited(child)) {
    child.kill('SIGINT');
    const grace = new AbortController();
    const over = delay(graceMs, 'over' as const, { signal: grace.signal }).catch(() => undefined);
    if ((await Promise.race([exited, over])) === 'over') killGroup(child);
    grace.abort();
    await exited;
    killGroup(child); // what the child itself left behind
  }
}

const hasExited = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;

function killGroup(child: ChildProcess) {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function died(name: string, exit: Exit, logFile: string) {
  const how = exit.signal ? `was ended by ${exit.signal}` : `exited with code ${exit.code}`;
  return processFailure('exited', {
    process: name,
    ...exit,
    hint: `${how} before it was ready. Last lines of ${logFile}:\n${lastLines(logFile)}`,
  });
}

function notReady(name: string, logFile: string, cause: unknown) {
  return processFailure('notReady', {
    process: name,
    hint: `not ready in time. Last lines of ${logFile}:\n${lastLines(logFile)}`,
    cause,
  });
}
