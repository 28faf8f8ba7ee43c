import { mkdtempSync, openSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { gatheredOutput } from './gathered-output.ts';

function setup() {
  const file = join(mkdtempSync(join(tmpdir(), 'assay-log-')), 'log');
  return { output: gatheredOutput(openSync(file, 'a')), read: () => readFileSync(file, 'utf8') };
}

it('writes lines together, soon after the first', async () => {
  const { output, read } = setup();
  output.write('one\n');
  output.write('two\n');
  expect(read()).toBe('');
  await expect.poll(read).toBe('one\ntwo\n');
  output.write('three\n');
  await expect.poll(read).toBe('one\ntwo\nthree\n');
});

it('keeps nothing back when it is told to flush', () => {
  const { output, read } = setup();
  output.write('last words\n');
  output.flushSync();
  expect(read()).toBe('last words\n');
});
