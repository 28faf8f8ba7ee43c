import { execFileSync } from 'node:child_process';

/** Pins every thread of a process to one core, so that two measurements get the same hardware. */
export function pinToCore(pid: number, core: number): void {
  execFileSync('taskset', ['--all-tasks', '--cpu-list', '--pid', String(core), String(pid)], {
    stdio: 'ignore',
  });
}
