import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { BenchRow } from './bench-row.ts';
import { findSuites } from './find-suites.ts';
import { renderTable } from './render-table.ts';
import { runSuite } from './run-suite.ts';

const row: BenchRow = {
  suite: 'streams',
  name: 'flat events',
  ours: 14_200.5,
  reference: 20_172,
  unit: 'events/s',
  ratio: 0.70396,
  bar: 'ours >= 13000',
  ok: true,
};

function setup(source: string) {
  const root = mkdtempSync(join(tmpdir(), 'assay-bench-'));
  const folder = join(root, 'gateway', 'bench');
  mkdirSync(join(folder, 'parts'), { recursive: true });
  writeFileSync(join(folder, 'streams.ts'), source);
  writeFileSync(join(folder, 'streams.test.ts'), '');
  writeFileSync(join(folder, 'parts', 'load.ts'), '');
  return root;
}

const run = async (source: string) => {
  const root = setup(source);
  const rows: BenchRow[] = [];
  await runSuite({
    root,
    file: join(root, 'gateway/bench/streams.ts'),
    onRow: (r) => rows.push(r),
  });
  return rows;
};

test('a suite is a file in a bench folder; its parts and tests are not', () => {
  expect([...findSuites(setup(''))]).toEqual([['streams', 'gateway/bench/streams.ts']]);
});

test('hands over the rows a suite prints', async () => {
  expect(await run(`console.log(${JSON.stringify(JSON.stringify(row))})`)).toEqual([row]);
});

test('a suite that prints anything else, or fails, is an error', async () => {
  await expect(run('console.log("hello")')).rejects.toThrow('not a result: hello');
  await expect(run('process.exitCode = 3')).rejects.toThrow('exited with code 3');
});

test('draws a table with the verdict in words', () => {
  const [head, first] = renderTable([row, { ...row, ok: null }]).split('\n');

  expect(head).toMatch(/^name +ours +reference +unit +ratio +bar +holds$/);
  expect(first).toMatch(/^flat events +14,201 +20,172 +events\/s +0.704 +ours >= 13000 +yes$/);
});
