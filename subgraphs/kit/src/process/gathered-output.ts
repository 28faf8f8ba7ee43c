import { pino } from 'pino';

const GATHER_MS = 100;
const GATHER_BYTES = 4_096;
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * Standard output for log lines that are written several at a time: a write of its own for each line costs a small job more
 * than its routing. Lines wait 100 ms at most, and none when the process ends by itself or logs a fatal error; a process that
 * is killed takes them along. Where nobody reads, lines beyond 16 MiB are dropped.
 */
export function gatheredOutput(fd = 1) {
  const output = pino.destination({
    ...{ fd, sync: false },
    minLength: GATHER_BYTES,
    maxLength: MOST_BYTES,
  });
  let isDue = false;
  const flush = (): void => {
    isDue = false;
    output.flush();
  };
  return {
    write(line: string): void {
      output.write(line);
      if (!isDue) setTimeout(flush, GATHER_MS).unref();
      isDue = true;
    },
    flushSync: () => output.flushSync(),
  };
}
