import { chownSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { DATA_PREFIX, sweepPostgres } from './sweep-postgres.ts';
import { unprivilegedAccount } from './unprivileged-account.ts';

const DEAD_PID = 2 ** 22 + 1; // above the largest pid Linux gives

test('removes what a killed server left, and nothing else', () => {
  const parent = mkdtempSync(join(tmpdir(), 'assay-sweep-'));
  onTestFinished(() => rmSync(parent, { recursive: true, force: true }));
  const account = unprivilegedAccount();
  const add = (name: string, pid?: number) => {
    mkdirSync(join(parent, name));
    if (account) chownSync(join(parent, name), account.uid, account.gid);
    if (pid) writeFileSync(join(parent, name, 'postmaster.pid'), `${pid}\n/data\n`);
  };
  add(`${DATA_PREFIX}dead`, DEAD_PID);
  add(`${DATA_PREFIX}alive`, process.pid);
  add(`${DATA_PREFIX}starting`);
  add('of-another-program', DEAD_PID);

  sweepPostgres(parent);

  expect(readdirSync(parent).sort()).toEqual([
    `${DATA_PREFIX}alive`,
    `${DATA_PREFIX}starting`,
    'of-another-program',
  ]);
});
