import { type Hex, isTerminal, type JobEvent } from '@assay/wire';
import type { JobStore } from '../domain/job-store.ts';

/** News of jobs that run at other instances. */
export interface JobNotices {
  /** Calls back whenever the job has new events. Returns how to stop. */
  watch(jobId: Hex, onNews: () => void): () => void;
  /** Asks whichever instance runs the job to cancel it. */
  askToCancel(jobId: Hex): Promise<void>;
}

const PAGE = 256;
/** News can be lost with a connection; then this finds them. */
const LOOK_MS = 500;
const DONE: IteratorResult<JobEvent> = { done: true, value: undefined };

/** Follows a job through the store: finished ones, and those that run at another instance. `return()` ends a wait at once. */
export function followStored(options: {
  readonly jobId: Hex;
  readonly after: number;
  readonly store: JobStore;
  readonly notices: JobNotices;
}): AsyncIterableIterator<JobEvent> {
  const { jobId, store, notices } = options;
  let after = options.after;
  let page: JobEvent[] = [];
  let closed = false;
  let wake: () => void = () => undefined;
  const unwatch = notices.watch(jobId, () => wake());
  const close = () => {
    closed = true;
    unwatch();
    wake();
  };

  async function news(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, LOOK_MS);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async function pull(): Promise<IteratorResult<JobEvent>> {
    while (!closed) {
      const event = page.shift();
      if (event !== undefined) {
        after = event.seq;
        if (isTerminal(event)) close();
        return { done: false, value: event };
      }
      page = await store.events(jobId, after, PAGE);
      if (page.length > 0) continue;
      if (await isOver()) close();
      else await news();
    }
    return DONE;
  }

  /** The job ended and its events have expired, or were all seen before. */
  async function isOver(): Promise<boolean> {
    const record = await store.find(jobId);
    if (record === undefined || record.finishedAt === undefined) return record === undefined;
    page = await store.events(jobId, after, PAGE);
    return page.length === 0;
  }

  let pulling: Promise<IteratorResult<JobEvent>> = Promise.resolve(DONE);
  const iterator: AsyncIterableIterator<JobEvent> = {
    next() {
      pulling = pulling.then(pull);
      return pulling;
    },
    async return() {
      close();
      return DONE;
    },
    [Symbol.asyncIterator]: () => iterator,
  };
  return iterator;
}
