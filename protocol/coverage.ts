import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { forgeBinary } from './forge.ts';
import { type Count, type FileCoverage, parseLcov } from './lcov/parse-lcov.ts';

/**
 * Lines and branches of `contracts/` that the unit and flow tests reach, file by file, and where those are that they do
 * not; fails below the bar. `npm run protocol:coverage`
 */
const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const BAR = { lines: 95, branches: 90 };

function lcov(): string {
  const dir = mkdtempSync(join(tmpdir(), 'assay-coverage-'));
  const report = join(dir, 'lcov.info');
  const scope = ['--no-match-path', 'protocol/test/{gas,invariant}/*'];
  try {
    execFileSync(
      forgeBinary(),
      ['coverage', '--report', 'lcov', '--report-file', report, ...scope],
      {
        cwd: ROOT,
        stdio: ['ignore', 'ignore', 'inherit'],
        env: {
          ...process.env,
          FOUNDRY_PROFILE: 'default',
          FOUNDRY_DYNAMIC_TEST_LINKING: 'false',
          FOUNDRY_FUZZ_RUNS: '64',
          FOUNDRY_OUT: join(dir, 'out'),
          FOUNDRY_CACHE_PATH: join(dir, 'cache'),
        },
      },
    );
    return readFileSync(report, 'utf8');
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

const percent = ({ found, hit }: Count): number => (found === 0 ? 100 : (100 * hit) / found);

function total(files: readonly FileCoverage[], kind: 'lines' | 'branches'): Count {
  return files.reduce(
    (sum, file) => ({ found: sum.found + file[kind].found, hit: sum.hit + file[kind].hit }),
    { found: 0, hit: 0 },
  );
}

function row(name: string, ...cells: readonly string[]): void {
  const columns = cells.map((cell) => cell.padStart(18)).join('');
  process.stdout.write(`${name.padEnd(46)}${columns}\n`);
}

const cell = (count: Count): string =>
  `${percent(count).toFixed(1)} % (${count.hit}/${count.found})`;

function printMissed(files: readonly FileCoverage[]): void {
  for (const { file, missedLines, missedBranches } of files) {
    for (const line of missedLines) process.stdout.write(`line not reached     ${file}:${line}\n`);
    for (const line of missedBranches)
      process.stdout.write(`branch not taken     ${file}:${line}\n`);
  }
}

function main(): void {
  const files = parseLcov(lcov()).filter(({ file }) => file.includes('protocol/contracts/'));
  const [lines, branches] = [total(files, 'lines'), total(files, 'branches')];
  row('file', 'lines', 'branches');
  for (const { file, lines, branches } of files)
    row(file.replace(/^.*protocol\/contracts\//, ''), cell(lines), cell(branches));
  row('all', cell(lines), cell(branches));
  printMissed(files);
  if (percent(lines) >= BAR.lines && percent(branches) >= BAR.branches) return;
  process.stderr.write(`Below the bar of ${BAR.lines} % lines and ${BAR.branches} % branches.\n`);
  process.exitCode = 1;
}

main();
