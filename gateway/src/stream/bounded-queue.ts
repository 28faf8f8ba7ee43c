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
  let wake: (() => void) | undefined;

  const release = () => {
    if (released) return;
    released = true;
    options.release();
  };
  const end = () => {
    ended = true;
    wake?.();
  };

  return {
    push(value) {
      if (ended) return;
      if (queue.length < options.limit) {
        queue.push(value);
        wake?.();
        return;
      }
      queue.push(options.overflow());
      end();
      release();
    },
    end,
    async next() {
      while (queue.length === 0 && !ended) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      const value = queue.shift();
      if (value !== undefined) return { done: false, value };
      release();
      return { done: true, value: undefined };
    },
    async return() {
      queue.length = 0;
      end();
      release();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
