import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { Socket } from 'node:net';
import { AssayError, type Tensor } from '@assay/wire';
import type { Logger } from 'pino';
import { arenaReader, arenaWriter } from '../../inference/arena.ts';
import { encodeFrame, type Frame, FrameReader, MAX_FRAME_BYTES } from '../../inference/frame.ts';
import type { Command, Report } from '../../inference/messages.ts';
import { childEnvironment } from './child-environment.ts';
import { openArena } from './open-arena.ts';
import { parseReport } from './parse-report.ts';
import { spawnCommand } from './spawn-command.ts';

export interface ChildOptions {
  readonly modelsDir: string;
  readonly emptyDir: string;
  readonly dataLimitBytes: number;
  /** Where memory is shared with it; `/dev/shm` where omitted. */
  readonly arenaDirectory?: string | undefined;
  /** Only set where a GPU computes: TF32 is on by default there, and another execution class. */
  readonly tf32?: boolean | undefined;
  /** A child that is not ready by then is killed: nobody waits for it for ever. */
  readonly readyTimeoutMs?: number;
  readonly log: Logger;
}

export interface ChildExit {
  readonly signal: NodeJS.Signals | null;
  readonly killedFor: string | undefined;
}

type Listener = (report: Report, tensors: readonly Tensor[]) => void;

/** One killable process with one model at most. */
export interface Child {
  readonly pid: number;
  /** RLIMIT_DATA already used before any model, once the child has started. */
  readonly ready: Promise<number>;
  readonly exited: Promise<ChildExit>;
  send(command: Command, tensors?: readonly Tensor[]): void;
  listen(listener: Listener): void;
  kill(reason: string): void;
}

const STDERR_KEPT = 4_096;
/** Long even for a machine under load: starting node takes a second. */
const READY_TIMEOUT_MS = 60_000;

export function startChild({
  modelsDir,
  emptyDir,
  dataLimitBytes,
  arenaDirectory,
  tf32,
  readyTimeoutMs = READY_TIMEOUT_MS,
  log,
}: ChildOptions): Child {
  const arenaFd = openArena(arenaDirectory);
  const { file, args } = spawnCommand({
    ...{ modelsDir, dataLimitBytes },
    arena: arenaFd !== undefined,
  });
  const child = spawn(file, args, {
    cwd: emptyDir,
    env: childEnvironment(tf32),
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', arenaFd ?? 'ignore'],
  });
  const complaints = keepStderr(child);
  let listener: Listener = () => {};
  let killedFor: string | undefined;

  const kill = (reason: string): void => {
    killedFor ??= reason;
    child.kill('SIGKILL');
  };
  const exited = new Promise<ChildExit>((resolve) => {
    child.once('error', (cause) => {
      log.error({ cause }, 'inference child cannot start');
      resolve({ signal: null, killedFor });
    });
    child.once('exit', (code, signal) => {
      const facts = { pid: child.pid, code, signal, killedFor };
      if (killedFor) log.info(facts, 'inference child killed');
      else log.warn({ ...facts, stderr: complaints() }, 'inference child ended');
      resolve({ signal, killedFor });
    });
  });
  // Where descriptors have run out there is none, and the error follows.
  const socket = child.stdio?.[3];
  if (!(socket instanceof Socket)) {
    if (arenaFd !== undefined) closeSync(arenaFd);
    throw new AssayError('P300', { details: { reason: 'no socket to the child' } });
  }
  const {
    promise: ready,
    resolve: markReady,
    reject: neverReady,
  } = Promise.withResolvers<number>();
  const late = setTimeout(() => kill('not ready in time'), readyTimeoutMs);
  void exited.then(() =>
    neverReady(
      new AssayError('P300', {
        details: { reason: killedFor ?? 'the inference child ended before it was ready' },
      }),
    ),
  );
  ready.catch(() => {}).finally(() => clearTimeout(late));

  const deliver = ({ message, tensors }: Frame): void => {
    const report = parseReport(message);
    if (report.type === 'ready') markReady(report.dataBytes);
    else listener(report, tensors);
  };
  let arena = arenaFd === undefined ? undefined : arenaWriter(arenaFd, 'inputs');
  const outputs = arenaFd === undefined ? undefined : arenaReader(arenaFd, 'outputs');
  const reader = new FrameReader(MAX_FRAME_BYTES, outputs);
  // Nothing is heard of the child any more, and nothing may be placed: the descriptor's number will be another file's.
  socket.once('close', () => {
    arena = undefined;
    if (arenaFd !== undefined) closeSync(arenaFd);
  });
  socket.on('data', (chunk: Buffer) => {
    try {
      for (const frame of reader.push(chunk)) deliver(frame);
    } catch (cause) {
      log.error({ pid: child.pid, cause }, 'inference child sent a malformed frame');
      kill('malformed frame');
    }
  });
  // EPIPE and ECONNRESET only announce the exit that follows.
  socket.on('error', (cause) => log.debug({ pid: child.pid, cause }, 'inference child socket'));

  return {
    pid: child.pid ?? 0,
    ready,
    exited,
    kill,
    listen: (next) => {
      listener = next;
    },
    send: (command, tensors = []) => {
      socket.cork();
      if (command.type === 'run') arena?.turn();
      for (const part of encodeFrame(command, tensors, arena)) socket.write(part);
      socket.uncork();
    },
  };
}

function keepStderr(child: ChildProcess): () => string {
  let kept = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    kept = (kept + chunk.toString('utf8')).slice(-STDERR_KEPT);
  });
  return () => kept;
}
