import { readFileSync } from 'node:fs';

/** What RLIMIT_DATA counts of this process, or 0 where the system does not tell. */
export function dataBytes(): number {
  try {
    const kib = /VmData:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
    return Number(kib ?? 0) * 1024;
  } catch {
    return 0;
  }
}
