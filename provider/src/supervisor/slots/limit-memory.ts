import { execFile } from 'node:child_process';
import { PROGRAM_ENVIRONMENT } from '../../system-programs.ts';

/** Narrows RLIMIT_DATA of a running child with util-linux's prlimit. Resolves with the reason where that is not possible. */
export function limitMemory(pid: number, bytes: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const args = ['--pid', String(pid), `--data=${Math.ceil(bytes)}`];
    execFile('prlimit', args, { env: PROGRAM_ENVIRONMENT }, (error, _, complaint) => {
      if (error === null) resolve(undefined);
      else resolve(error.code === 'ENOENT' ? 'prlimit is missing' : complaint.trim());
    });
  });
}
