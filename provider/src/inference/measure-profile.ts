import { InferenceFault } from './inference-fault.ts';
import type { MeasuredProfile } from './messages.ts';
import type { Task } from './task.ts';

/** A batch pays while doubling it costs less than this. */
const WORTH_DOUBLING = 1.6;
const LARGEST_BATCH = 16;
const REPEATS = 3;
const ATTEMPTS = 3;
/** Quick models are timed more often: their first runs are mostly compilation of our own code. */
const MOST_REPEATS = 50;
const ENOUGH_MS = 20;
const LONG_UNITS = 8;

type Clock = () => number;

interface Run {
  readonly batch: number;
  readonly units: number;
  readonly clock: Clock;
}

/** On one thread the processor's time is the run's time, and other programs do not disturb it. */
export const cpuMs: Clock = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};
const wallClock: Clock = () => performance.now();

interface ProfileOptions {
  readonly batchable: boolean;
  readonly metered: boolean;
  readonly budgetMs: number;
  /** What a run costs the child besides: its frames. A batch shares that too. */
  readonly msPerFrame: number;
  /** Whether one processor thread does all the work. */
  readonly onOneThread: boolean;
}

/** Times the task at growing batches (best of several) until doubling stops paying or the budget is spent. */
export async function measureProfile(
  task: Task,
  options: ProfileOptions,
): Promise<MeasuredProfile> {
  const clock = options.onOneThread ? cpuMs : wallClock;
  const end = performance.now() + options.budgetMs;
  const msByBatch: Record<number, number> = {};
  await time(task, { batch: 1, units: 1, clock });
  const single = await bestOf(task, { batch: 1, units: 1, clock, end });
  msByBatch[1] = single;
  const maxBatch = options.batchable
    ? await largestWorthwhile(task, msByBatch, { ...options, clock, end })
    : 1;
  if (!options.metered) return { maxBatch, msByBatch, msPerUnit: single, msPerRun: 0 };
  const long = await bestOf(task, { batch: 1, units: LONG_UNITS, clock, end });
  const msPerUnit = Math.max(0, (long - single) / (LONG_UNITS - 1));
  return { maxBatch, msByBatch, msPerUnit, msPerRun: Math.max(0, single - msPerUnit) };
}

interface Doubling {
  readonly clock: Clock;
  readonly end: number;
  readonly msPerFrame: number;
}

async function largestWorthwhile(
  task: Task,
  msByBatch: Record<number, number>,
  doubling: Doubling,
): Promise<number> {
  let batch = 1;
  while (batch < LARGEST_BATCH && performance.now() < doubling.end) {
    const isWorth = await paysToDouble(task, batch, msByBatch, doubling);
    if (!isWorth) break;
    batch *= 2;
  }
  return batch;
}

/** Timed again where it does not seem to pay: what is compiled meanwhile only ever makes a run look slower. */
async function paysToDouble(
  task: Task,
  batch: number,
  msByBatch: Record<number, number>,
  { clock, end, msPerFrame }: Doubling,
): Promise<boolean> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    for (const size of attempt === 0 ? [2 * batch] : [batch, 2 * batch]) {
      const ms = await bestOf(task, { batch: size, units: 1, clock, end }).catch(notBatchable);
      if (ms === undefined) return false;
      msByBatch[size] = Math.min(ms, msByBatch[size] ?? ms);
    }
    const [once, doubled] = [msByBatch[batch] ?? 0, msByBatch[2 * batch] ?? 0];
    if (doubled + msPerFrame < WORTH_DOUBLING * (once + msPerFrame)) return true;
  }
  return false;
}

/** A graph that cannot take two rows is served one by one, whatever its manifest hopes. */
function notBatchable(error: unknown): undefined {
  if (!(error instanceof InferenceFault)) throw error;
}

async function bestOf(task: Task, at: Run & { readonly end: number }): Promise<number> {
  const started = at.clock();
  let best = await time(task, at);
  for (let repeat = 1; repeat < MOST_REPEATS; repeat++) {
    const isEnough = repeat >= REPEATS && at.clock() - started > ENOUGH_MS;
    if (isEnough || performance.now() > at.end) break;
    best = Math.min(best, await time(task, at));
  }
  return best;
}

async function time(task: Task, { batch, units, clock }: Run): Promise<number> {
  const jobs = Array.from({ length: batch }, () => task.sample(units));
  const started = clock();
  const outcomes = await task.run(jobs, () => {});
  const fault = outcomes.find((outcome) => outcome instanceof InferenceFault);
  if (fault) throw fault;
  return clock() - started;
}
