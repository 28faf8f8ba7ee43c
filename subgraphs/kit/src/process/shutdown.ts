import type { Log } from './log.ts';

/** Ends a process in the reverse order of its start, once, within a time limit. */
export interface Shutdown {
  /** Aborts as soon as the end begins; hand it to everything that waits. */
  readonly signal: AbortSignal;
  /** Registers what must be closed; the latest registered is closed first. */
  add(name: string, close: () => void | Promise<void>): void;
  /** Resolves when everything is closed. Calling it again returns the same promise. */
  begin(reason: string): Promise<void>;
  /** Begins on SIGINT and SIGTERM, and then ends the process. */
  onSignals(): void;
}

const LIMIT_MS = 10_000;

export function createShutdown(log: Log, limitMs = LIMIT_MS): Shutdown {
  const abort = new AbortController();
  const closers: { name: string; close: () => void | Promise<void> }[] = [];
  let ending: Promise<void> | undefined;

  const closeAll = async (reason: string) => {
    log.info({ reason }, 'shutting down');
    abort.abort(new Error(reason));
    for (const { name, close } of closers.toReversed()) {
      try {
        await withLimit(close(), limitMs);
      } catch (error) {
        log.error({ err: error, part: name }, 'part did not close');
      }
    }
    log.info({ reason }, 'shut down');
  };
  const begin = (reason: string) => {
    ending ??= closeAll(reason);
    return ending;
  };
  return {
    signal: abort.signal,
    add: (name, close) => closers.push({ name, close }),
    begin,
    onSignals() {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) {
        process.once(signal, () => void begin(signal).then(() => process.exit(0)));
      }
    },
  };
}

async function withLimit(work: void | Promise<void>, limitMs: number): Promise<void> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`still open after ${limitMs} ms`)), limitMs);
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
