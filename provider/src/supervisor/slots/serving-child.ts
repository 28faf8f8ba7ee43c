import { AssayError, type Tensor } from '@assay/wire';
import type {
  Command,
  DoneJob,
  JobResult,
  MeasuredProfile,
  Report,
  RuntimeOptions,
  WireFault,
} from '../../inference/messages.ts';
import type { Child, ChildExit } from './child-process.ts';
import { fingerprintSource } from './fingerprint-source.ts';
import { outputFault } from './output-fault.ts';
import type { SlotJob } from './slot-job.ts';
import type { LoadedBundle, RunResult } from './slot-types.ts';

type Loaded = Extract<Report, { type: 'loaded' }>;

/** Jobs that share a run. `left` counts those not answered yet. */
export interface RunningBatch {
  readonly jobs: readonly SlotJob[];
  left: number;
}

/** A child with one model loaded. It runs one batch at a time; a second may wait inside it, so that it never idles. */
export interface ServingChild {
  readonly child: Child;
  /** The running batch first. */
  readonly batches: readonly RunningBatch[];
  readonly loaded: Loaded;
  profile(budgetMs: number): Promise<MeasuredProfile>;
  start(batch: readonly SlotJob[]): void;
  /** Asks a decoder to stop between tokens, and a waiting job not to begin; other runs end by themselves. */
  cancel(job: SlotJob): void;
}

export interface Unfinished {
  readonly running: readonly SlotJob[];
  readonly waiting: readonly SlotJob[];
}

export interface ServingEvents {
  /** A batch is finished. `exhausted`: the child ran out of memory and should be replaced. */
  onBatchEnd(
    serving: ServingChild,
    facts: {
      readonly jobs: readonly SlotJob[];
      readonly computeMs: number;
      readonly exhausted: boolean;
    },
  ): void;
  /** The child is gone, and with it what it had not answered. */
  onExit(serving: ServingChild, exit: ChildExit, unfinished: Unfinished): void;
}

interface ServeOptions {
  readonly child: Child;
  readonly bundle: LoadedBundle;
  readonly runtime: RuntimeOptions;
  readonly events: ServingEvents;
}

/** Loads the model into the child. Rejects with M603 or P309 where the runtime refuses it, P300 where the child dies. */
export async function serveModel({
  child,
  bundle,
  runtime,
  events,
}: ServeOptions): Promise<ServingChild> {
  const answers = createAnswers(child);
  const jobs = new Map<number, SlotJob>();
  const batches: RunningBatch[] = [];
  child.listen((report, tensors) => {
    if (report.type === 'chunk') release(jobs.get(report.job), report);
    else if (report.type === 'results') finishAll(report.results, tensors);
    else answers.take(report);
  });
  const loaded = await answers.ask('loaded', {
    type: 'load',
    directory: bundle.directory,
    manifest: bundle.manifest,
    runtime,
  });
  let exhausted = false;
  let computeMs = 0;

  /** Tensors that are nobody's, or somebody's that are not there, are no results at all. */
  function finishAll(results: readonly JobResult[], tensors: readonly Tensor[]): void {
    const counts = results.map((result) => ('fault' in result ? 0 : result.tensors));
    if (counts.reduce((sum, count) => sum + count, 0) !== tensors.length) {
      child.kill('results and tensors differ in number');
      return;
    }
    let offset = 0;
    for (const [index, result] of results.entries()) {
      const own = tensors.slice(offset, offset + (counts[index] ?? 0));
      offset += own.length;
      finish(result, own);
    }
  }

  function finish(result: JobResult, tensors: readonly Tensor[]): void {
    const job = jobs.get(result.job);
    jobs.delete(result.job);
    if ('fault' in result) {
      exhausted ||= result.fault.code === 'P309';
      job?.reject(toError(result.fault));
    } else {
      computeMs = result.computeMs;
      const { outputs, source } = separate(result, tensors);
      const fault = outputFault(outputs) ?? outputFault(source);
      exhausted ||= fault !== undefined;
      if (fault) child.kill(fault);
      else if (job && !job.settled) complete(job, result, tensors);
      if (fault) job?.reject(new AssayError('P300', { details: { reason: fault } }));
    }
    const [batch] = batches;
    if (!batch) return;
    batch.left -= 1;
    if (batch.left === 0) endBatch();
  }

  function endBatch(): void {
    const { jobs: ended = [] } = batches.shift() ?? {};
    for (const job of batches[0]?.jobs ?? []) begin(job);
    events.onBatchEnd(serving, { jobs: ended, computeMs, exhausted });
  }

  const serving: ServingChild = {
    child,
    batches,
    loaded,
    async profile(budgetMs) {
      const msPerFrame = await frameCost(answers);
      return answers.ask('profiled', { type: 'profile', budgetMs, msPerFrame });
    },
    start(batch) {
      for (const job of batch) {
        jobs.set(job.id, job);
        job.batchSize = batch.length;
      }
      batches.push({ jobs: batch, left: batch.length });
      child.send(
        runCommand(batch),
        batch.flatMap((job) => tensorsOf(job)),
      );
      // After the command, so that a cancellation from the callback is not ahead of it.
      if (batches.length === 1) for (const job of batch) begin(job);
    },
    cancel: (job) => child.send({ type: 'cancel', job: job.id }),
  };
  void child.exited.then((exit) => {
    const open = (batch: RunningBatch): SlotJob[] =>
      batch.jobs.filter((job) => jobs.has(job.id) && !job.settled);
    const [running = [], ...waiting] = batches.map(open);
    jobs.clear();
    batches.length = 0;
    events.onExit(serving, exit, { running, waiting: waiting.flat() });
  });
  return serving;
}

interface Answers {
  take(report: Report): void;
  ask<Type extends Report['type']>(
    type: Type,
    command: Command,
  ): Promise<Extract<Report, { type: Type }>>;
}

/** One command outstanding at a time, answered by its report, by `failed`, or by the child's end. */
function createAnswers(child: Child): Answers {
  let waiting: ((report: Report | Error) => void) | undefined;
  const settle = (report: Report | Error): void => {
    const resume = waiting;
    waiting = undefined;
    resume?.(report);
  };
  void child.exited.then(({ signal, killedFor }) => settle(exitError(signal, killedFor)));
  return {
    take: settle,
    async ask(type, command) {
      const answered = new Promise<Report | Error>((resolve) => {
        waiting = resolve;
      });
      child.send(command);
      const report = await answered;
      if (report instanceof Error) throw report;
      if (report.type === 'failed') throw toError(report.fault);
      if (report.type !== type)
        throw new AssayError('P300', {
          details: { reason: `the child answered ${report.type} to ${command.type}` },
        });
      return report as Extract<Report, { type: typeof type }>;
    },
  };
}

const ECHOES = 50;

/** Processor time that a child needs for a command and its answer, whatever they carry. The first half is warming up. */
async function frameCost(answers: Answers): Promise<number> {
  const echo = async (): Promise<number> => (await answers.ask('echo', { type: 'echo' })).cpuMs;
  for (let count = 0; count < ECHOES; count++) await echo();
  const before = await echo();
  for (let count = 1; count < ECHOES; count++) await echo();
  return ((await echo()) - before) / ECHOES;
}

/** V8 aborts where it cannot grow its heap, so these signals mean memory. */
export function exitError(
  signal: NodeJS.Signals | null,
  killedFor: string | undefined,
): AssayError {
  if (signal === 'SIGTRAP' || signal === 'SIGABRT')
    return new AssayError('P309', { details: { signal } });
  return new AssayError('P300', {
    details: { reason: killedFor ?? 'the inference child ended', signal },
  });
}

export function toError({ code, details, hint }: WireFault): AssayError {
  return new AssayError(code, hint === undefined ? { details } : { details, hint });
}

function begin(job: SlotJob): void {
  const first = job.startedAt === 0;
  job.startedAt = Date.now();
  if (first) job.options.onStarted?.();
}

function runCommand(batch: readonly SlotJob[]): Command {
  const jobs = batch.map(({ id, request: { input, params, maxUnits } }) => ({
    job: id,
    prompt: input.kind === 'text' ? input.prompt : undefined,
    params,
    maxUnits,
    tensors: input.kind === 'tensors' ? input.tensors.length : 0,
  }));
  return { type: 'run', jobs };
}

function tensorsOf({ request: { input } }: SlotJob): readonly Tensor[] {
  return input.kind === 'tensors' ? input.tensors : [];
}

function release(
  job: SlotJob | undefined,
  { text, units }: Extract<Report, { type: 'chunk' }>,
): void {
  if (job && !job.settled) job.options.onChunk?.(text === undefined ? { units } : { text, units });
}

function complete(job: SlotJob, report: DoneJob, tensors: readonly Tensor[]): void {
  const { curtail } = job.options;
  if (curtail?.aborted && report.units === 0) {
    job.reject(curtail.reason);
    return;
  }
  const finishedAt = Date.now();
  const { outputs, source } = separate(report, tensors);
  const words = report.text === undefined ? {} : { text: report.text };
  if (!report.streamed) job.options.onChunk?.({ ...words, tensors: outputs, units: report.units });
  const result: RunResult = {
    ...words,
    outputs,
    units: report.units,
    cut: report.cut,
    startedAt: job.startedAt,
    finishedAt,
    queueMs: job.startedAt - job.enqueuedAt,
    computeMs: report.computeMs,
    batchSize: job.batchSize,
    fingerprintSource: fingerprintSource(report.fingerprint ? source : outputs),
  };
  job.resolve(result);
}

/** The fingerprint's source travels behind the outputs, where it is not the outputs themselves. */
function separate(
  { fingerprint }: DoneJob,
  tensors: readonly Tensor[],
): { readonly outputs: readonly Tensor[]; readonly source: readonly Tensor[] } {
  if (!fingerprint) return { outputs: tensors, source: [] };
  return { outputs: tensors.slice(0, -1), source: tensors.slice(-1) };
}
