import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { forgeBinary } from './forge.ts';

/** Lines and branches of `contracts/` that the tests reach, file by file; fails below the bar. `npm run protocol:coverage` */
const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const BAR = { lines: 95, branches: 90 };

interface Count {
  found: number;
  hit: number;
}
interface FileCoverage {
  readonly file: string;
  readonly lines: Count;
  readonly branches: Count;
}

function lcov(): string {
  const dir = mkdtempSync(join(tmpdir(), 'assay-coverage-'));
  const report = join(dir, 'lcov.info');
  try {
    const args = [
      'coverage',
      '--report',
      'lcov',
      '--report-file',
      report,
      '--no-match-path',
      'protocol/test/{gas,invariant}/*',
    ];
    execFileSync(forgeBinary(), args, {
      cwd: ROOT,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        ...process.env,
        FOUNDRY_FUZZ_RUNS: '64',
        FOUNDRY_OUT: join(dir, 'out'),
        FOUNDRY_CACHE_PATH: join(dir, 'cache'),
      },
    });
    return readFileSync(report, 'utf8');
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

const numberOf = (record: string, key: string): number =>
  Number(new RegExp(`^${key}:(\\d+)$`, 'm').exec(record)?.[1] ?? 0);

function parse(text: string): FileCoverage[] {
  return text
    .split('end_of_record')
    .map((record) => ({
      file: /^SF:(.*)$/m.exec(record)?.[1] ?? '',
      lines: { found: numberOf(record, 'LF'), hit: numberOf(record, 'LH') },
      branches: { found: numberOf(record, 'BRF'), hit: numberOf(record, 'BRH') },
    }))
    .filter(({ file }) => file.includes('protocol/contracts/'));
}

const percent = ({ found, hit }: Count): number => (found === 0 ? 100 : (100 * hit) / found);

function total(files: readonly FileCoverage[], kind: 'lines' | 'branches'): Count {
  return files.reduce(
    (sum, file) => ({ found: sum.found + file[kind].found, hit: sum.hit + file[kind].hit }),
    { found: 0, hit: 0 },
  );
}

const show = (name: string, lines: Count, branches: Count): void => {
  const cell = (count: Count) => `${percent(count).toFixed(1)} % (${count.hit}/${count.found})`;
  process.stdout.write(
    `${name.padEnd(46)}${cell(lines).padStart(18)}${cell(branches).padStart(18)}\n`,
  );
};

const files = parse(lcov());
const lines = total(files, 'lines');
const branches = total(files, 'branches');
process.stdout.write(`${'file'.padEnd(46)}${'lines'.padStart(18)}${'branches'.padStart(18)}\n`);
for (const { file, lines, branches } of files)
  show(file.replace(/^.*protocol\/contracts\//, ''), lines, branches);
show('all', lines, branches);
if (percent(lines) < BAR.lines || percent(branches) < BAR.branches) {
  process.stderr.write(`Below the bar of ${BAR.lines} % lines and ${BAR.branches} % branches.\n`);
  process.exitCode = 1;
}
