import { parseArgs } from 'node:util';
import type { BenchRow } from './bench-row.ts';
import { findSuites } from './find-suites.ts';
import { renderTable } from './render-table.ts';
import { runSuite } from './run-suite.ts';

const root = new URL('../../', import.meta.url).pathname;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false } },
});

const suites = findSuites(root);
const wanted = positionals.length > 0 ? positionals : [...suites.keys()];
const unknown = wanted.filter((name) => !suites.has(name));
if (unknown.length > 0) {
  console.error(
    `No such suite: ${unknown.join(', ')}. There are: ${[...suites.keys()].join(', ')}.`,
  );
  process.exit(2);
}

for (const name of wanted) {
  const rows: BenchRow[] = [];
  if (!values.json) console.log(`\n${name}`);
  try {
    await runSuite({
      root,
      file: suites.get(name) ?? '',
      onRow: (row) => {
        rows.push(row);
        if (values.json) console.log(JSON.stringify(row));
        if (row.ok === false) process.exitCode = 1;
      },
    });
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
  if (!values.json) console.log(renderTable(rows));
}
