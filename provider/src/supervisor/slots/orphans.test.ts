import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { tiedToParent } from '../../../../localnet/src/processes/index.ts';

const FIXTURE = fileURLToPath(new URL('orphan-fixture.ts', import.meta.url));

/** The kernel tells when a process is gone; asking again is the only way to hear it. */
async function gone(pid: number): Promise<boolean> {
  for (let patience = 0; patience < 200; patience++) {
    try {
      if (/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))) return true;
    } catch {
      return true;
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  return false;
}

it('children stuck in native code die with a supervisor that is killed', async () => {
  const [file, ...args] = tiedToParent([process.execPath, FIXTURE]);
  const supervisor = spawn(file, args, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const [pids] = (await once(supervisor, 'message')) as [number[]];
  expect(pids.length).toBeGreaterThan(0);
  supervisor.kill('SIGKILL');
  for (const pid of pids) expect(await gone(pid)).toBe(true);
}, 60_000);
