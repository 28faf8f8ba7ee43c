import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Counts } from './counts.ts';
import { lastLines } from './failures.ts';
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
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // Ctrl-C reaches the suite by itself; a signal to this process alone is passed on.
  const pass = (signal: NodeJS.Signals) => void child.kill(signal);
  for (const signal of PASSED_ON) process.on(signal, pass);
  let output = '';
  let said = '';
  child.stdout.on('data', (bytes: Buffer) => {
    output = kept(output + bytes.toString());
    said = kept(said + bytes.toString());
    process.stdout.write(bytes);
  });
  child.stderr.on('data', (bytes: Buffer) => {
    said = kept(said + bytes.toString());
    process.stderr.write(bytes);
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
  if (counts.failed === 0) return { ...counts, failures: [] };
  const named = failures?.(report, root) ?? [];
  return { ...counts, failures: named.length > 0 ? named : lastLines(said) };
}

const kept = (text: string): string => text.slice(-200_000);

function readOr(file: string, otherwise: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return otherwise;
  }
}
