import { readFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { onTestFinished } from 'vitest';

/**
 * For tests: makes processes stand still and resolves once they do. They go on when what it resolves to is called, or
 * when the test is over.
 */
export async function holdProcesses(pids: readonly number[]): Promise<() => void> {
  const held = new Set(pids);
  const release = (): void => {
    for (const pid of held) process.kill(pid, 'SIGCONT');
    held.clear();
  };
  onTestFinished(release);
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  // The kernel tells nobody when a process stands still; asking again is the only way to hear it.
  while (!pids.every(standsStill)) await setImmediate();
  return release;
}

function standsStill(pid: number): boolean {
  return /\) T /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
}
