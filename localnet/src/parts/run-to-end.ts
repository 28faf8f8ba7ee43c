import { execFile } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { processFailure } from '../processes/process-failure.ts';
import { ROOT } from './node-process.ts';

export interface RunToEndOptions {
  name: string;
  command?: string;
  args: readonly string[];
  env?: Readonly<Record<string, string>>;
  logFile: string;
  signal: AbortSignal;
}

/** Runs a program that does one thing and ends; answers what it printed. Fails naming it, with its last words. */
export async function runToEnd(options: RunToEndOptions): Promise<string> {
  const { name, command = process.execPath, args, env, logFile, signal } = options;
  return new Promise((resolve, reject) => {
    execFile(
      command,
      args,
      {
        cwd: ROOT,
        env: { ...process.env, NODE_ENV: 'production', ...env },
        signal,
        maxBuffer: 16 * 1024 * 1024,
      },
      (error, stdout, stderr) => {
        appendFileSync(logFile, stdout + stderr);
        if (error === null) return resolve(stdout);
        const said = (stderr || stdout).trim().split('\n').slice(-20).join('\n');
        reject(
          processFailure('exited', {
            process: name,
            code: error.code,
            hint: `failed: ${said || error.message}`,
            cause: error,
          }),
        );
      },
    );
  });
}
