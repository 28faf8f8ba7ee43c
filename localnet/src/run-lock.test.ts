import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { takeRunLock } from './run-lock.ts';

const setup = () => mkdtempSync(join(tmpdir(), 'assay-lock-'));

test('refuses a directory another living process uses, naming it', () => {
  const dir = setup();
  writeFileSync(join(dir, 'run.pid'), `${process.ppid}\n`);

  expect(() => takeRunLock(dir)).toThrow(
    expect.objectContaining({ code: 'N900', hint: expect.stringContaining(`${process.ppid}`) }),
  );
});

test('takes over a lock whose owner is gone, and gives it back', () => {
  const dir = setup();
  writeFileSync(join(dir, 'run.pid'), '999999999\n');

  const release = takeRunLock(dir);
  release();

  expect(existsSync(join(dir, 'run.pid'))).toBe(false);
});
