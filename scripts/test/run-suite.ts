import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Counts } from './counts.ts';
import type { Suite } from './suites.ts';

const PASSED_ON = ['SIGINT', 'SIGTERM'] as const;

export interface Outcome extends Counts {
  readonly failures: readonly string[];
}

/** Runs a suite, showing what it prints, and counts what it found. */
export async function runSuite(suite: Suite, root: string): Promise<Outcome> {
  const { command, env = {}, reportFile, count, failures } = suite;
  const path = reportFile === undefined ? undefined : join(root, reportFile);
  if (path !== undefined) rmSync(path, { force: true });
  const [file, ...args] = command;
  const child = spawn(file, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  // Ctrl-C reaches the suite by itself; a signal to this process alone is passed on.
  const pass = (signal: NodeJS.Signals) => void child.kill(signal);
  for (const signal of PASSED_ON) process.on(signal, pass);
  let output = '';
  child.stdout.on('data', (bytes: Buffer) => {
    output = (output + bytes.toString()).slice(-200_000);
    process.stdout.write(bytes);
  });
  const exitCode = await once(child, 'close').then(
    ([code]) => Number(code ?? 1),
    (error) => {
      process.stderr.write(`${suite.name}: ${error}\n`);
      return 1;
    },
  );
  for (const signal of PASSED_ON) process.off(signal, pass);
  const report = path === undefined ? '' : readOr(path, '');
  const counts = count({ output, exitCode, report });
  return { ...counts, failures: counts.failed > 0 ? failures({ output, report, root }) : [] };
}

function readOr(file: string, otherwise: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return otherwise;
  }
}
