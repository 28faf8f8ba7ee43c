import { AssayError, isTerminal, type JobEvent } from '@assay/wire';

/** A follower this many events behind the newest is closed with G804; it resumes with `after`. */
export const FOLLOWER_LAG = 1024;

export interface Follower {
  readonly iterator: AsyncIterableIterator<JobEvent>;
  /** New events are there. */
  wake(): void;
  fail(error: AssayError): void;
}

interface FollowerOptions {
  /** The log's own list: a follower is a position in it, not a copy. */
  readonly events: readonly JobEvent[];
  readonly after: number;
  readonly ended: () => boolean;
  readonly onClose: () => void;
}

type Waiter = PromiseWithResolvers<IteratorResult<JobEvent>>;
const DONE: IteratorResult<JobEvent> = { done: true, value: undefined };

/** Reads a job's events from `after` on. `return()` ends a waiting `next()` at once. */
export function createFollower({ events, after, ended, onClose }: FollowerOptions): Follower {
  let position = after;
  const allowance = FOLLOWER_LAG + Math.max(0, events.length - after);
  const waiters: Waiter[] = [];
  let failure: AssayError | undefined;
  let closed = false;

  const close = () => {
    if (closed) return;
    closed = true;
    onClose();
    for (const waiter of waiters.splice(0)) waiter.resolve(DONE);
  };

  function take(): IteratorResult<JobEvent> | undefined {
    const event = events[position];
    if (event === undefined) return ended() ? DONE : undefined;
    position += 1;
    return { done: false, value: event };
  }

  function next(): Promise<IteratorResult<JobEvent>> {
    if (failure !== undefined && !closed) {
      close();
      return Promise.reject(failure);
    }
    if (closed) return Promise.resolve(DONE);
    const taken = waiters.length === 0 ? take() : undefined;
    if (taken !== undefined) {
      if (taken.done === true || isTerminal(taken.value)) close();
      return Promise.resolve(taken);
    }
    const waiter = Promise.withResolvers<IteratorResult<JobEvent>>();
    waiters.push(waiter);
    return waiter.promise;
  }

  function wake(): void {
    while (waiters.length > 0) {
      const taken = take();
      if (taken === undefined) return;
      waiters.shift()?.resolve(taken);
      if (taken.done === true || isTerminal(taken.value)) {
        close();
        return;
      }
    }
    if (events.length - position > allowance)
      fail(new AssayError('G804', { details: { after: position } }));
  }

  function fail(error: AssayError): void {
    failure = error;
    const waiter = waiters.shift();
    if (waiter === undefined) return;
    waiter.reject(error);
    close();
  }

  const iterator: AsyncIterableIterator<JobEvent> = {
    next,
    async return() {
      close();
      return DONE;
    },
    [Symbol.asyncIterator]: () => iterator,
  };
  return { iterator, wake, fail };
}
