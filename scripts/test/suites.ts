import { type Counts, countCheck, countForge, countOwn, countVitest } from './counts.ts';
import { failuresOfVitest } from './failures.ts';

export interface Suite {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly env?: Readonly<Record<string, string>>;
  /** `report`: content of the file that `command` was told to write, where it writes one. */
  readonly count: (run: { output: string; report: string; exitCode: number }) => Counts;
  readonly reportFile?: string;
  /** What failed by the report; where none says it, what was printed last does. */
  readonly failures?: (report: string, root: string) => readonly string[];
}

const check = (name: string, ...command: [string, ...string[]]): Suite => ({
  name,
  command,
  count: ({ exitCode }) => countCheck(exitCode),
});

const vitest = (project: string): Suite => ({
  name: project,
  command: [
    'vitest',
    'run',
    ...['--project', project, '--reporter=default', '--reporter=json'],
    `--outputFile.json=.cache/${project}.json`,
  ],
  reportFile: `.cache/${project}.json`,
  count: ({ report, exitCode }) => countVitest(report, exitCode),
  failures: failuresOfVitest,
});

const forge = (profile: string): Suite => ({
  name: `contracts (${profile})`,
  command: ['node', 'protocol/forge.ts', 'test'],
  env: { FOUNDRY_PROFILE: profile },
  count: ({ output, exitCode }) => countForge(output, exitCode),
});

const mappings: Suite = {
  name: 'mappings',
  command: ['node', 'thegraph/tools/test.ts'],
  count: ({ output, exitCode }) => countOwn(output, exitCode),
};

const longHistory: Suite = {
  ...vitest('index'),
  name: 'index (2,000 events)',
  env: { INDEX_EVENTS: '2000', INDEX_SEED: '7' },
};

const mutants: Suite = {
  name: 'mutants',
  command: ['node', 'protocol/mutation/main.ts'],
  count: ({ output, exitCode }) => countOwn(output, exitCode),
};

const formatAndLint = [
  check('format', 'biome', 'format', '.'),
  check('lint', 'biome', 'lint', '--error-on-warnings', '.'),
];
const contracts = [
  check('format (contracts)', 'node', 'protocol/forge.ts', 'fmt', '--check'),
  check('lint (contracts)', 'npm', 'run', '--silent', 'protocol:lint'),
  check('ABIs as compiled', 'node', 'protocol/generate.ts', '--check'),
  check('gas as committed', 'node', 'protocol/gas.ts'),
];
const mappingLint = check('lint (mappings)', 'node', 'thegraph/tools/lint/main.ts');
const types = check('types', 'tsc', '--noEmit', '-p', 'tsconfig.json');
const test = [
  vitest('unit'),
  vitest('integration'),
  forge('default'),
  mappings,
  vitest('index'),
  vitest('e2e-embedded'),
  vitest('e2e-distributed'),
  vitest('fault'),
];

/** What each command runs, cheapest first. */
export const GROUPS: Readonly<Record<string, readonly Suite[]>> = {
  check: [...formatAndLint, types, vitest('unit')],
  test,
  ci: [...formatAndLint, mappingLint, types, ...test, ...contracts],
  deep: [
    check('walk', 'node', 'protocol/walk/main.ts'),
    check('coverage', 'node', 'protocol/coverage.ts'),
    mutants,
    forge('ci'),
    longHistory,
  ],
};
