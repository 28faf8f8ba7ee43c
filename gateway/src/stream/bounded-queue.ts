/** A stream that one side pushes into and the other side pulls from, never longer than its limit. */
export interface BoundedQueue<T> extends AsyncIterableIterator<T> {
  push(value: T): void;
  /** Ends the stream once what is queued has been taken. */
  end(): void;
  return(): Promise<IteratorResult<T>>;
}

export interface QueueOptions<T> {
  readonly limit: number;
  /** The last value that a reader gets who fell behind. */
  readonly overflow: () => T;
  /** Called once, when the reader leaves or falls behind: time to release the source. */
  readonly release: () => void;
}

/**
 * What is queued when the limit is reached is still delivered, then the reason, then the end: the reader has
 * seen everything up to a point and can resume from it. The writer is never slowed.
 */
export function createBoundedQueue<T>(options: QueueOptions<T>): BoundedQueue<T> {
  const queue: T[] = [];
  let ended = false;
  let released = false;
  let waiting: ((result: IteratorResult<T>) => void) | undefined;

  const release = () => {
    if (released) return;
    released = true;
    options.release();
  };
  const finish = (): IteratorResult<T> => {
    release();
    return { done: true, value: undefined };
  };
  const give = (result: IteratorResult<T>) => {
    const take = waiting;
    waiting = undefined;
    take?.(result);
  };
  const end = () => {
    ended = true;
    if (waiting !== undefined) give(finish());
  };

  return {
    push(value) {
      if (ended) return;
      if (waiting !== undefined) return give({ done: false, value });
      if (queue.length < options.limit) {
        queue.push(value);
        return;
      }
      queue.push(options.overflow());
      end();
      release();
    },
    end,
    // Not async: it runs once an event and subscriber, and a promise of its own is all it needs.
    next() {
      const value = queue.shift();
      if (value !== undefined) return Promise.resolve({ done: false, value });
      if (ended) return Promise.resolve(finish());
      return new Promise((resolve) => {
        waiting = resolve;
      });
    },
    async return() {
      queue.length = 0;
      end();
      return finish();
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
