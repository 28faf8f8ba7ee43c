import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MappingCase } from '../tests/mapping-case.ts';

export interface CaseResult {
  readonly name: string;
  readonly passed: boolean;
  /** What the runner said about a failed case. */
  readonly said: string;
}

export interface CaseRunner {
  readonly gnd: string;
  readonly manifest: string;
  /** A place for the cases' files. */
  readonly directory: string;
  newDatabase(): Promise<string>;
}

/**
 * Runs cases one after another on the real indexer. It keeps a failed case's data, which would spoil the next one:
 * what follows a failure runs again in a fresh database.
 */
export async function runCases(
  cases: readonly MappingCase[],
  runner: CaseRunner,
): Promise<CaseResult[]> {
  if (cases.length === 0) return [];
  const output = await gndTest(cases, runner);
  const results = readResults(cases, output);
  const firstFailure = results.findIndex(({ passed }) => !passed);
  if (firstFailure < 0) return results;
  const valid = results.slice(0, firstFailure + 1);
  return [...valid, ...(await runCases(cases.slice(valid.length), runner))];
}

async function gndTest(cases: readonly MappingCase[], runner: CaseRunner): Promise<string> {
  const databaseUrl = await runner.newDatabase();
  const folder = join(runner.directory, new URL(databaseUrl).pathname);
  mkdirSync(folder, { recursive: true });
  cases.forEach((each, index) => {
    const file = join(folder, `${String(index).padStart(3, '0')}.json`);
    writeFileSync(file, JSON.stringify(each));
  });
  const args = ['test', '--skip-build', '--manifest', runner.manifest, folder];
  const env = { ...process.env, POSTGRES_URL: databaseUrl, NO_COLOR: '1' };
  return new Promise((resolve) => {
    execFile(runner.gnd, args, { env, maxBuffer: 2 ** 26 }, (_error, stdout, stderr) =>
      resolve(`${stdout}\n${stderr}`),
    );
  });
}

/** A case that the output does not mention has not passed. */
function readResults(cases: readonly MappingCase[], output: string): CaseResult[] {
  const lines = output.split('\n');
  return cases.map(({ name }) => {
    const passed = lines.includes(`  ✔ ${name}`);
    return { name, passed, said: passed ? '' : detailsOf(name, output) };
  });
}

function detailsOf(name: string, output: string): string {
  const blocks = output.split(/\n(?= {2}[●✘] )/).filter((block) => block.slice(4).startsWith(name));
  return blocks.length > 0 ? blocks.join('\n') : output.slice(-4_000);
}
