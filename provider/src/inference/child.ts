import type { Socket } from 'node:net';
import type { Tensor } from '@assay/wire';
import { arenaMirror, arenaWriter } from './arena.ts';
import { createTask } from './create-task.ts';
import { encodeFrame, type Frame, FrameReader, MAX_FRAME_BYTES } from './frame.ts';
import { asFault } from './guarded.ts';
import { InferenceFault } from './inference-fault.ts';
import { cpuMs, measureProfile } from './measure-profile.ts';
import { dataBytes } from './memory.ts';
import type { Command, JobResult, Report, WireJob } from './messages.ts';
import { fileOfRole } from './model-parameters.ts';
import { openSession } from './onnx-session.ts';
import type { Task, TaskJob, TaskOutcome } from './task.ts';

type Load = Extract<Command, { type: 'load' }>;
type Profile = Extract<Command, { type: 'profile' }>;

/** The socket to the supervisor, and the memory shared with it, where there is some. */
export interface Connection {
  readonly socket: Socket;
  readonly arenaFd?: number | undefined;
}

/** Answers the supervisor's commands, one at a time and in order; only `cancel` overtakes. */
export function serveChild({ socket, arenaFd }: Connection): void {
  const arena = arenaFd === undefined ? undefined : arenaWriter(arenaFd, 'outputs');
  const inputs = arenaFd === undefined ? undefined : arenaMirror(arenaFd, 'inputs');
  const reader = new FrameReader(MAX_FRAME_BYTES, inputs);
  /** Jobs received and not answered. */
  const known = new Set<number>();
  const cancelled = new Set<number>();
  let loaded:
    | { readonly task: Task; readonly manifest: Load['manifest']; readonly onOneThread: boolean }
    | undefined;
  let turn: Promise<void> = Promise.resolve();

  const send = (report: Report, tensors: readonly Tensor[] = []): void => {
    const parts = encodeFrame(report, tensors, arena);
    socket.cork();
    for (const part of parts) socket.write(part);
    socket.uncork();
  };

  async function load({ directory, manifest, runtime }: Load): Promise<void> {
    const started = performance.now();
    const file = fileOfRole(manifest, directory, 'model');
    if (!file)
      throw new InferenceFault('M600', { details: { reason: 'no file has the role "model"' } });
    const session = await openSession(file, runtime);
    const onOneThread = runtime.executionProvider === 'cpu' && runtime.threads === 1;
    loaded = {
      manifest,
      onOneThread,
      task: await createTask({ manifest, directory, session, runtime }),
    };
    send({
      type: 'loaded',
      loadMs: performance.now() - started,
      memoryBytes: process.memoryUsage().rss,
    });
  }

  async function profile({ budgetMs, msPerFrame }: Profile): Promise<void> {
    if (!loaded) throw new InferenceFault('P302');
    const { task, manifest } = loaded;
    const options = {
      batchable: manifest.batchAxis !== undefined,
      metered: manifest.unit !== 'request',
      budgetMs,
      msPerFrame,
      onOneThread: loaded.onOneThread,
    };
    send({ type: 'profiled', ...(await measureProfile(task, options)) });
  }

  async function run(wireJobs: readonly WireJob[], tensors: readonly Tensor[]): Promise<void> {
    arena?.turn();
    if (!loaded) throw new InferenceFault('P302');
    const jobs = distribute(wireJobs, tensors, cancelled).filter((job) => !refuseCancelled(job));
    const started = performance.now();
    const outcomes = await loaded.task
      .run(jobs, ({ job }, text, units) => send({ type: 'chunk', job, text, units }))
      .catch((error: unknown) => jobs.map(() => asFault(error)));
    const computeMs = performance.now() - started;
    answer(jobs.map(({ job }, index) => resultOf(job, outcomes[index], computeMs)));
    for (const { job } of jobs) {
      known.delete(job);
      cancelled.delete(job);
    }
    // The next run would block the event loop and keep these outputs in the process.
    await new Promise((resolve) => socket.write('', resolve));
  }

  function refuseCancelled({ job }: TaskJob): boolean {
    if (!cancelled.delete(job)) return false;
    known.delete(job);
    const fault = new InferenceFault('P300', { details: { reason: 'cancelled' } });
    answer([resultOf(job, fault, 0)]);
    return true;
  }

  /** In one frame; results that do not fit together go one by one, and one that does not fit at all fits nowhere else either. */
  function answer(results: readonly Result[]): void {
    if (results.length === 0) return;
    try {
      sendResults(results);
    } catch (cause) {
      if (results.length > 1) for (const result of results) answer([result]);
      else for (const { wire } of results) answer([tooLarge(wire.job, cause)]);
    }
  }

  function sendResults(results: readonly Result[]): void {
    send(
      { type: 'results', results: results.map(({ wire }) => wire) },
      results.flatMap(({ tensors }) => tensors),
    );
  }

  function handle({ message, tensors }: Frame): void {
    const command = message as Command; // The supervisor is trusted; it validated what strangers sent.
    if (command.type === 'cancel') {
      if (known.has(command.job)) cancelled.add(command.job);
      return;
    }
    if (command.type === 'run') for (const { job } of command.jobs) known.add(job);
    turn = turn.then(() => obey(command, tensors));
  }

  async function obey(
    command: Exclude<Command, { type: 'cancel' }>,
    tensors: readonly Tensor[],
  ): Promise<void> {
    try {
      if (command.type === 'load') await load(command);
      else if (command.type === 'profile') await profile(command);
      else if (command.type === 'echo') send({ type: 'echo', cpuMs: cpuMs() });
      else await run(command.jobs, tensors);
    } catch (error) {
      send({ type: 'failed', fault: toWire(asFault(error)) });
    }
  }

  socket.on('data', (chunk: Buffer) => {
    for (const frame of reader.push(chunk)) handle(frame);
  });
  // Without a supervisor there is nothing to live for.
  socket.on('close', () => process.exit(0));
  socket.on('error', () => process.exit(1));
  send({ type: 'ready', dataBytes: dataBytes() });
}

function distribute(
  wireJobs: readonly WireJob[],
  tensors: readonly Tensor[],
  cancelled: ReadonlySet<number>,
): TaskJob[] {
  let offset = 0;
  return wireJobs.map(({ job, prompt, params, maxUnits, tensors: count }) => {
    const own = tensors.slice(offset, offset + count);
    offset += count;
    return { job, prompt, params, maxUnits, tensors: own, cancelled: () => cancelled.has(job) };
  });
}

/** What is said of one job, and the tensors that go with it. */
interface Result {
  readonly wire: JobResult;
  readonly tensors: readonly Tensor[];
}

function resultOf(
  job: number,
  outcome: TaskOutcome | InferenceFault | undefined,
  computeMs: number,
): Result {
  if (outcome === undefined || outcome instanceof InferenceFault)
    return { wire: { job, fault: toWire(outcome) }, tensors: [] };
  const { text, units, outputs, fingerprint, cut = false, streamed = false } = outcome;
  const tensors = fingerprint ? [...outputs, fingerprintTensor(fingerprint)] : outputs;
  return {
    tensors,
    wire: {
      ...{ job, text, units, cut, computeMs, streamed },
      tensors: tensors.length,
      fingerprint: fingerprint !== undefined,
    },
  };
}

function tooLarge(job: number, cause: unknown): Result {
  const details = { reason: 'the output is too large', limitBytes: MAX_FRAME_BYTES };
  return resultOf(job, new InferenceFault('P303', { cause, details }), 0);
}

function fingerprintTensor(values: Float32Array): Tensor {
  return {
    name: 'fingerprint',
    datatype: 'FP32',
    shape: [values.length],
    data: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  };
}

function toWire(fault: InferenceFault | undefined) {
  const { code, details, hint } = fault ?? new InferenceFault('P300');
  return { code, details, hint };
}
