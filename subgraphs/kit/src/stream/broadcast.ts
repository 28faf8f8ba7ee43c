import { AssayError } from '@assay/wire';

/** One source, many subscribers; a slow one is closed with G804 and slows nobody else. */
export interface Broadcast<T> {
  publish(value: T): void;
  /** Values from now on. `return()` takes effect at once, even while a value is awaited. */
  subscribe(): AsyncIterableIterator<T>;
  readonly subscribers: number;
  /** Ends every subscriber. */
  close(): void;
}

const LIMIT = 1_024;

export interface BroadcastOptions {
  /** How many values wait for one subscriber. */
  readonly limit?: number;
  /** Called when the first subscriber comes and the last one leaves. */
  readonly onActive?: (active: boolean) => void;
}

export function createBroadcast<T>(options: BroadcastOptions = {}): Broadcast<T> {
  const { limit = LIMIT, onActive } = options;
  const queues = new Set<Queue<T>>();

  const leave = (queue: Queue<T>) => {
    if (queues.delete(queue) && queues.size === 0) onActive?.(false);
  };
  return {
    get subscribers() {
      return queues.size;
    },
    publish(value) {
      for (const queue of queues) queue.push(value);
    },
    subscribe() {
      const queue = createQueue<T>(limit, () => leave(queue));
      queues.add(queue);
      if (queues.size === 1) onActive?.(true);
      return queue.iterator;
    },
    close() {
      for (const queue of [...queues]) void queue.iterator.return?.();
    },
  };
}

interface Queue<T> {
  push(value: T): void;
  readonly iterator: AsyncIterableIterator<T>;
}

function createQueue<T>(limit: number, onEnd: () => void): Queue<T> {
  const values: T[] = [];
  let waiting: PromiseWithResolvers<IteratorResult<T>> | undefined;
  let ended = false;
  let failure: AssayError | undefined;

  const end = () => {
    if (ended) return;
    ended = true;
    onEnd();
    waiting?.resolve({ done: true, value: undefined });
    waiting = undefined;
  };
  const next = async (): Promise<IteratorResult<T>> => {
    const value = values.shift();
    if (value !== undefined) return { done: false, value };
    if (failure !== undefined) {
      const error = failure;
      failure = undefined;
      throw error;
    }
    if (ended) return { done: true, value: undefined };
    waiting ??= Promise.withResolvers<IteratorResult<T>>();
    return waiting.promise;
  };
  return {
    push(value) {
      if (ended) return;
      if (waiting !== undefined) {
        waiting.resolve({ done: false, value });
        waiting = undefined;
      } else if (values.length < limit) {
        values.push(value);
      } else {
        values.length = 0;
        failure = new AssayError('G804');
        end();
      }
    },
    iterator: {
      next,
      async return() {
        values.length = 0;
        end();
        return { done: true, value: undefined };
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    },
  };
}
