import { batchShape } from './batch-key.ts';
import { estimateUnits } from './estimate-units.ts';
import { expectedMs, type ServedModel } from './served-model.ts';
import type { SlotJob } from './slot-job.ts';
import type { RunOptions, RunRequest, RunResult } from './slot-types.ts';

const LONGEST_TIMER = 2 ** 31 - 1;

interface JobEvents {
  onDeadline(job: SlotJob): void;
  onAbort(job: SlotJob): void;
  onCurtail(job: SlotJob): void;
}

/** A job and the promise of its result; timer and listeners go with its settlement. */
export function createSlotJob(
  id: number,
  work: { readonly model: ServedModel; readonly request: RunRequest; readonly options: RunOptions },
  events: JobEvents,
): { readonly job: SlotJob; readonly result: Promise<RunResult> } {
  const { model, request, options } = work;
  const { promise, resolve, reject } = Promise.withResolvers<RunResult>();
  const abort = (): void => events.onAbort(job);
  const curtail = (): void => events.onCurtail(job);
  const settle =
    <T>(how: (value: T) => void) =>
    (value: T): void => {
      if (job.settled) return;
      job.settled = true;
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', abort);
      options.curtail?.removeEventListener('abort', curtail);
      how(value);
    };
  const job: SlotJob = {
    id,
    request,
    options,
    shape: batchShape(model.bundle.manifest, request),
    expectedMs: expectedMs(model, estimateUnits(model.bundle.manifest, request).expected),
    enqueuedAt: Date.now(),
    alone: false,
    startedAt: 0,
    batchSize: 1,
    settled: false,
    resolve: settle(resolve),
    reject: settle(reject),
  };
  const remaining = Math.max(0, options.deadline - Date.now());
  const timer = setTimeout(() => events.onDeadline(job), Math.min(LONGEST_TIMER, remaining));
  options.signal?.addEventListener('abort', abort, { once: true });
  options.curtail?.addEventListener('abort', curtail, { once: true });
  return { job, result: promise };
}
