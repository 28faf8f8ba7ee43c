import { execFile } from 'node:child_process';

/** Narrows RLIMIT_DATA of a running child with util-linux's prlimit. False where that is not possible. */
export function limitMemory(pid: number, bytes: number): Promise<boolean> {
  return new Promise((resolve) => {
    execFile('prlimit', ['--pid', String(pid), `--data=${Math.ceil(bytes)}`], (error) =>
      resolve(error === null),
    );
  });
}
