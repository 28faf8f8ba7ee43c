import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

const WINDOW_BYTES = 16 * 1024;

/** The end of a log file, read from the back so that a huge log costs nothing. */
export function lastLines(logFile: string, count = 20): string {
  let file: number;
  try {
    file = openSync(logFile, 'r');
  } catch {
    return '(no log)';
  }
  try {
    const size = fstatSync(file).size;
    const buffer = Buffer.alloc(Math.min(size, WINDOW_BYTES));
    readSync(file, buffer, 0, buffer.length, size - buffer.length);
    const lines = buffer.toString('utf8').trimEnd().split('\n').slice(-count);
    return lines.join('\n') || '(empty log)';
  } finally {
    closeSync(file);
  }
}
