import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AssayError } from '@assay/wire';

/** Lets one local network at a time use a directory. A lock whose owner is gone is taken over. */
export function takeRunLock(dir: string, pid: number = process.pid): () => void {
  mkdirSync(dir, { recursive: true });
  const file = join(dir, 'run.pid');
  const owner = readPid(file);
  if (owner !== undefined && owner !== pid && isAlive(owner)) {
    throw new AssayError('N900', {
      details: { dir, pid: owner },
      hint: `a local network already runs in ${dir} (process ${owner}); stop it first, with Ctrl-C or kill -INT ${owner}.`,
    });
  }
  writeFileSync(file, `${pid}\n`);
  return () => {
    if (readPid(file) === pid) rmSync(file, { force: true });
  };
}

function readPid(file: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
    return pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
