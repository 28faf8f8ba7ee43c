import { spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { PROGRAM_ENVIRONMENT } from '../system-programs.ts';
import type { PowerReader } from './power-reader.ts';

const QUERY = ['--query-gpu=power.draw', '--format=csv,noheader,nounits'];
/** The driver refreshes its counters at most every 100 ms; a second averages that out. */
const SMOOTHING = 0.2;

/** Board power of all GPUs from one long-lived nvidia-smi, or undefined where it does not run or tells no power. */
export function readNvidiaSmi(program: string): PowerReader | undefined {
  const first = spawnSync(program, QUERY, {
    encoding: 'utf8',
    timeout: 5_000,
    env: PROGRAM_ENVIRONMENT,
  });
  const gpus = (first.stdout ?? '').trim().split('\n').map(Number);
  if (first.status !== 0 || gpus.length === 0 || gpus.some((power) => !(power > 0)))
    return undefined;
  const latest = [...gpus];
  let watts = sum(gpus);
  let next = 0;
  const child = spawn(program, [...QUERY, '-lms', '200'], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: PROGRAM_ENVIRONMENT,
  });
  child.on('error', () => {});
  createInterface({ input: child.stdout }).on('line', (line) => {
    const power = Number(line);
    if (!(power > 0)) return;
    latest[next % gpus.length] = power;
    next += 1;
    watts += SMOOTHING * (sum(latest) - watts);
  });
  return {
    method: 'nvidia-smi',
    watts: () => (child.exitCode === null ? watts : undefined),
    close: () => child.kill(),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
