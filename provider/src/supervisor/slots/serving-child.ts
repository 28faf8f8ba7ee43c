import { AssayError, type Tensor } from '@assay/wire';
import type {
  Command,
  MeasuredProfile,
  Report,
  RuntimeOptions,
  WireFault,
} from '../../inference/messages.ts';
import type { Child, ChildExit } from './child-process.ts';
import { fingerprintSource } from './fingerprint-source.ts';
import type { SlotJob } from './slot-job.ts';
import type { LoadedBundle, RunResult } from './slot-types.ts';

type Loaded = Extract<Report, { type: 'loaded' }>;

/** A child with one model loaded, running one batch at a time. */
export interface ServingChild {
  readonly child: Child;
  readonly jobs: ReadonlyMap<number, SlotJob>;
  readonly loaded: Loaded;
  profile(budgetMs: number): Promise<MeasuredProfile>;
  start(batch: readonly SlotJob[]): void;
  /** Asks a decoder to stop between tokens; other runs end by themselves. */
  cancel(job: SlotJob): void;
}

export interface ServingEvents {
  /** The batch is finished; the child is idle again. `exhausted`: it ran out of memory and should be replaced. */
  onIdle(
    serving: ServingChild,
    facts: { readonly computeMs: number; readonly exhausted: boolean },
  ): void;
  /** The child is gone; `unfinished` are the jobs it was running. */
  onExit(serving: ServingChild, exit: ChildExit, unfinished: readonly SlotJob[]): void;
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
  child.listen((report, tensors) => {
    if (report.type === 'chunk') release(jobs.get(report.job), report);
    else if (report.type === 'done' || report.type === 'error') finish(report, tensors);
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

  function finish(
    report: Extract<Report, { type: 'done' | 'error' }>,
    tensors: readonly Tensor[],
  ): void {
    const job = jobs.get(report.job);
    jobs.delete(report.job);
    if (report.type === 'done') {
      computeMs = report.computeMs;
      if (job && !job.settled) complete(job, report, tensors);
    } else {
      exhausted ||= report.fault.code === 'P309';
      job?.reject(toError(report.fault));
    }
    if (jobs.size === 0) events.onIdle(serving, { computeMs, exhausted });
  }

  const serving: ServingChild = {
    child,
    jobs,
    loaded,
    profile: (budgetMs) => answers.ask('profiled', { type: 'profile', budgetMs }),
    start(batch) {
      for (const job of batch) jobs.set(job.id, job);
      child.send(
        runCommand(batch),
        batch.flatMap((job) => tensorsOf(job)),
      );
    },
    cancel: (job) => child.send({ type: 'cancel', job: job.id }),
  };
  void child.exited.then((exit) => {
    const unfinished = [...jobs.values()].filter((job) => !job.settled);
    jobs.clear();
    events.onExit(serving, exit, unfinished);
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

function runCommand(batch: readonly SlotJob[]): Command {
  const jobs = batch.map(({ id, request: { input, params } }) => ({
    job: id,
    prompt: input.kind === 'text' ? input.prompt : undefined,
    params,
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

function complete(
  job: SlotJob,
  report: Extract<Report, { type: 'done' }>,
  tensors: readonly Tensor[],
): void {
  const finishedAt = Date.now();
  const outputs = report.fingerprint ? tensors.slice(0, -1) : tensors;
  const words = report.text === undefined ? {} : { text: report.text };
  if (!report.streamed) job.options.onChunk?.({ ...words, tensors: outputs, units: report.units });
  const result: RunResult = {
    ...words,
    outputs,
    units: report.units,
    startedAt: job.startedAt,
    finishedAt,
    queueMs: job.startedAt - job.enqueuedAt,
    computeMs: report.computeMs,
    batchSize: job.batchSize,
    fingerprintSource: fingerprintSource(report.fingerprint ? tensors.slice(-1) : outputs),
  };
  job.resolve(result);
}
