import { InferenceFault } from './inference-fault.ts';
import type { MeasuredProfile } from './messages.ts';
import type { Task } from './task.ts';

/** A batch pays while doubling it costs less than this. */
const WORTH_DOUBLING = 1.6;
const LARGEST_BATCH = 16;
const REPEATS = 3;
/** Quick models are timed more often: their first runs are mostly compilation of our own code. */
const MOST_REPEATS = 40;
const ENOUGH_MS = 10;
const LONG_UNITS = 8;

/** Times the task at growing batches (best of several) until doubling stops paying or the budget is spent. */
export async function measureProfile(
  task: Task,
  options: { batchable: boolean; metered: boolean; budgetMs: number },
): Promise<MeasuredProfile> {
  const end = performance.now() + options.budgetMs;
  const msByBatch: Record<number, number> = {};
  await time(task, 1, 1);
  const single = await bestOf(task, { batch: 1, units: 1, end });
  msByBatch[1] = single;
  const maxBatch = options.batchable ? await largestWorthwhile(task, msByBatch, end) : 1;
  if (!options.metered) return { maxBatch, msByBatch, msPerUnit: single, msPerRun: 0 };
  const long = await bestOf(task, { batch: 1, units: LONG_UNITS, end });
  const msPerUnit = Math.max(0, (long - single) / (LONG_UNITS - 1));
  return { maxBatch, msByBatch, msPerUnit, msPerRun: Math.max(0, single - msPerUnit) };
}

async function largestWorthwhile(
  task: Task,
  msByBatch: Record<number, number>,
  end: number,
): Promise<number> {
  let batch = 1;
  while (batch < LARGEST_BATCH && performance.now() < end) {
    const current = msByBatch[batch] ?? 0;
    const doubled = await bestOf(task, { batch: batch * 2, units: 1, end }).catch(notBatchable);
    if (doubled === undefined) break;
    msByBatch[batch * 2] = doubled;
    if (doubled >= WORTH_DOUBLING * current) break;
    batch *= 2;
  }
  return batch;
}

/** A graph that cannot take two rows is served one by one, whatever its manifest hopes. */
function notBatchable(error: unknown): undefined {
  if (!(error instanceof InferenceFault)) throw error;
}

async function bestOf(
  task: Task,
  at: { batch: number; units: number; end: number },
): Promise<number> {
  const started = performance.now();
  let best = await time(task, at.batch, at.units);
  for (let repeat = 1; repeat < MOST_REPEATS; repeat++) {
    const now = performance.now();
    if (now > at.end || (repeat >= REPEATS && now - started > ENOUGH_MS)) break;
    best = Math.min(best, await time(task, at.batch, at.units));
  }
  return best;
}

async function time(task: Task, batch: number, units: number): Promise<number> {
  const jobs = Array.from({ length: batch }, () => task.sample(units));
  const started = performance.now();
  const outcomes = await task.run(jobs, () => {});
  const fault = outcomes.find((outcome) => outcome instanceof InferenceFault);
  if (fault) throw fault;
  return performance.now() - started;
}
