import { closeSync, fdatasync, fdatasyncSync, fsyncSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';

const flush = promisify(fdatasync);

/** The file that SQLite appends commits to. Flushing it makes every commit so far durable. */
export interface WriteAheadLog {
  /** Flushes in the background: the event loop goes on. */
  sync(): Promise<void>;
  syncNow(): void;
  close(): void;
}

/** Opened at the first flush, when the file is there for certain; its name is made durable with it. */
export function writeAheadLog(databaseFile: string): WriteAheadLog {
  let descriptor: number | undefined;

  function open(): number {
    if (descriptor !== undefined) return descriptor;
    const directory = openSync(dirname(databaseFile), 'r');
    try {
      fsyncSync(directory);
    } finally {
      closeSync(directory);
    }
    descriptor = openSync(`${databaseFile}-wal`, 'r+');
    return descriptor;
  }

  return {
    sync: async () => flush(open()),
    syncNow: () => fdatasyncSync(open()),
    close() {
      if (descriptor !== undefined) closeSync(descriptor);
      descriptor = undefined;
    },
  };
}
