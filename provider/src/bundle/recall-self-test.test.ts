import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { DEFAULT_RUNTIME } from '../supervisor/slots/default-runtime.ts';
import { describeMachine } from './machine-class.ts';
import { recallSelfTest } from './recall-self-test.ts';
import type { ClassSelfTest } from './self-test-class.ts';

const FOUND: ClassSelfTest = {
  matrixProducts: 'fp32',
  eightBitProducts: 'saturate',
  graph: 'optimised',
};

it('tests a machine once, and again where options, machine or file are others', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'assay-recall-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'self-test.json');
  const run = vi.fn(async () => FOUND);
  const recall = (change: object = {}) =>
    recallSelfTest({ ...DEFAULT_RUNTIME, ...change }, file, run);
  expect([await recall(), await recall()]).toEqual([FOUND, FOUND]);
  expect(run).toHaveBeenCalledTimes(1);
  await recall({ optimisation: 'basic' });
  expect(run).toHaveBeenCalledTimes(2);
  const record = JSON.parse(await readFile(file, 'utf8'));
  for (const damaged of ['{', JSON.stringify({ ...record, machine: 'another' })]) {
    await writeFile(file, damaged);
    await recall({ optimisation: 'basic' });
  }
  expect(run).toHaveBeenCalledTimes(4);
});

it('a processor without a flag is another machine', () => {
  const cpu = (flags: string) => describeMachine(`model name : X\ncpu MHz : 1\nflags : ${flags}\n`);
  expect(cpu('avx2 avx_vnni')).not.toBe(cpu('avx2'));
  expect(cpu('avx2')).toBe(describeMachine('model name : X\ncpu MHz : 2\nflags : avx2\n'));
});
