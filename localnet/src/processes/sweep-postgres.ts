import { existsSync, lstatSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { unprivilegedAccount } from './unprivileged-account.ts';

export const DATA_PREFIX = 'assay-postgres-data-';

/** Removes data directories whose server was killed before it could remove its own. */
export function sweepPostgres(parent: string): void {
  const owner = unprivilegedAccount()?.uid ?? process.getuid?.();
  for (const name of readdirSync(parent)) {
    const directory = join(parent, name);
    if (!name.startsWith(DATA_PREFIX) || lstatSync(directory).uid !== owner) continue;
    const pid = serverPid(directory);
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) {
      rmSync(directory, { recursive: true, force: true });
    }
  }
}

/** Undefined: not started yet (another process may be at it just now), so not ours to remove. */
function serverPid(directory: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(join(directory, 'postmaster.pid'), 'utf8'), 10);
    return pid > 0 ? pid : undefined;
  } catch {
    return undefined;
  }
}
