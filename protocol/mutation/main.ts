import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { forgeBinary } from '../forge.ts';
import { MUTANTS, type Mutant } from './mutants.ts';

/**
 * Applies one deliberate mistake after the other to a copy of the contracts and expects the tests to notice each.
 * `npm run protocol:mutate`, or with words of a name to try only those.
 */
const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const FORGE = forgeBinary();
const NEEDED = [
  'foundry.toml',
  'protocol/contracts',
  'protocol/test',
  'node_modules/@openzeppelin/contracts',
  'node_modules/@layerzerolabs/toolbox-foundry/lib/forge-std',
];

type Outcome = 'killed' | 'survived' | 'does not compile';

/** A directory of its own: a mutant never stands in the tree that people work in. */
function makeCopy(): string {
  const dir = mkdtempSync(join(tmpdir(), 'assay-mutants-'));
  for (const path of NEEDED) cpSync(join(ROOT, path), join(dir, path), { recursive: true });
  return dir;
}

function test(dir: string, paths: string): { passed: boolean; output: string } {
  const result = spawnSync(
    FORGE,
    ['test', '--fail-fast', '--match-path', `protocol/test/${paths}`],
    {
      cwd: dir,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      env: {
        ...process.env,
        FOUNDRY_SOLC: join(ROOT, 'protocol/solc.cjs'),
        FOUNDRY_OPTIMIZER: 'false',
        FOUNDRY_DYNAMIC_TEST_LINKING: 'true',
        FOUNDRY_FUZZ_RUNS: '32',
        // The same cases for every mutant and every run: a mutant is killed by a test, not by luck.
        FOUNDRY_FUZZ_SEED: '0xa55a',
      },
    },
  );
  return { passed: result.status === 0, output: `${result.stdout}${result.stderr}` };
}

function mutate(source: string, { name, find, replace }: Mutant): string {
  const parts = source.split(find);
  if (parts.length !== 2)
    throw new Error(`Mutant "${name}": its text stands ${parts.length - 1} times, expected once.`);
  return parts.join(replace);
}

function attempt(dir: string, mutant: Mutant): Outcome {
  const path = join(dir, 'protocol/contracts', mutant.file);
  const source = readFileSync(path, 'utf8');
  writeFileSync(path, mutate(source, mutant));
  try {
    const { passed, output } = test(dir, mutant.tests);
    if (output.includes('Compiler run failed')) return 'does not compile';
    return passed ? 'survived' : 'killed';
  } finally {
    writeFileSync(path, source);
  }
}

function main(): void {
  const words = process.argv.slice(2);
  const chosen = MUTANTS.filter(({ name }) => words.every((word) => name.includes(word)));
  const dir = makeCopy();
  try {
    const baseline = test(dir, '{unit,flow}/*');
    if (!baseline.passed) throw new Error(`The tests fail without any mutant:\n${baseline.output}`);
    const outcomes = chosen.map((mutant) => {
      const outcome = attempt(dir, mutant);
      process.stdout.write(`${outcome.padEnd(18)}${mutant.name}\n`);
      return outcome;
    });
    const killed = outcomes.filter((outcome) => outcome === 'killed').length;
    process.stdout.write(`${killed} of ${chosen.length} mutants killed\n`);
    if (killed < chosen.length) process.exitCode = 1;
  } finally {
    rmSync(dir, { recursive: true });
  }
}

main();
