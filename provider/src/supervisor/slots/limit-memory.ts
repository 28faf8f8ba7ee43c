import { execFile } from 'node:child_process';
import { PROGRAM_ENVIRONMENT } from '../../system-programs.ts';

/** Narrows RLIMIT_DATA of a running child with util-linux's prlimit. False where that is not possible. */
export function limitMemory(pid: number, bytes: number): Promise<boolean> {
  return new Promise((resolve) => {
    const args = ['--pid', String(pid), `--data=${Math.ceil(bytes)}`];
    execFile('prlimit', args, { env: PROGRAM_ENVIRONMENT }, (error) => resolve(error === null));
  });
}
