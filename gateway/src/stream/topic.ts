import type { ExecutionResult } from 'graphql';
import { type BoundedQueue, createBoundedQueue } from './bounded-queue.ts';
import { jsonOf } from './json-of.ts';

/** One stream that several subscribers follow. */
export interface Topic {
  /** A stream of its own for one more subscriber; undefined where it can no longer be given all that was missed. */
  join(): AsyncIterableIterator<ExecutionResult> | undefined;
}

export interface TopicOptions {
  /** Whether who joins late must first get what came before. */
  readonly replays: boolean;
  /** The last result of a subscriber who fell behind. */
  readonly slow: () => ExecutionResult;
  /** Called once, when nobody may join any more. */
  readonly forget: () => void;
}

/** Results that may wait for one subscriber. */
const QUEUE_LIMIT = 1_024;
/** How much of the past a topic keeps for those who join late. */
const LOG_LIMIT = { results: 64, characters: 64 * 1024 } as const;

/** Reads the source as long as somebody follows; the last to leave closes it at once. */
export function createTopic(source: AsyncIterable<ExecutionResult>, options: TopicOptions): Topic {
  const iterator = source[Symbol.asyncIterator]();
  const queues = new Set<BoundedQueue<ExecutionResult>>();
  const past: ExecutionResult[] = [];
  let pastCharacters = 0;
  let open = true;
  let reading = false;

  const shut = () => {
    if (!open) return;
    open = false;
    past.length = 0;
    options.forget();
  };
  const leave = (queue: BoundedQueue<ExecutionResult>) => {
    if (!queues.delete(queue) || queues.size > 0) return;
    shut();
    void iterator.return?.();
  };
  const keep = (result: ExecutionResult) => {
    if (!options.replays || !open) return;
    past.push(result);
    pastCharacters += jsonOf(result).length;
    if (past.length > LOG_LIMIT.results || pastCharacters > LOG_LIMIT.characters) shut();
  };

  async function read(): Promise<void> {
    try {
      for (let one = await iterator.next(); one.done !== true; one = await iterator.next()) {
        keep(one.value);
        for (const queue of queues) queue.push(one.value);
      }
    } finally {
      shut();
      for (const queue of queues) queue.end();
    }
  }

  return {
    join() {
      if (!open) return undefined;
      const queue: BoundedQueue<ExecutionResult> = createBoundedQueue<ExecutionResult>({
        limit: QUEUE_LIMIT,
        overflow: options.slow,
        release: () => leave(queue),
      });
      queues.add(queue);
      for (const result of past) queue.push(result);
      if (!reading) {
        reading = true;
        read().catch(() => undefined); // its queues have ended; what broke it was an answer already
      }
      return queue;
    },
  };
}
