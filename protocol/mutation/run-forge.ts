import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { forgeBinary } from '../forge.ts';
import { ROOT } from './root.ts';

const FORGE = forgeBinary();
/** Compiled as fast as it goes; every mutant and run with the same fuzz cases, so that a test kills it and not luck. */
const SETTINGS = {
  FOUNDRY_PROFILE: 'default',
  FOUNDRY_SOLC: join(ROOT, 'protocol/solc.cjs'),
  FOUNDRY_OPTIMIZER: 'false',
  FOUNDRY_DYNAMIC_TEST_LINKING: 'true',
  FOUNDRY_OUT: 'protocol/out',
  FOUNDRY_CACHE_PATH: 'protocol/cache',
  FOUNDRY_FUZZ_RUNS: '32',
  FOUNDRY_FUZZ_SEED: '0xa55a',
};

export interface ForgeRun {
  readonly ok: boolean;
  readonly output: string;
}

/** Runs forge in a copy. Its exit code alone says whether it succeeded; one that was killed says nothing. */
export async function runForge(
  dir: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<ForgeRun> {
  const child = spawn(FORGE, args, {
    cwd: dir,
    env: { ...process.env, ...SETTINGS },
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
  });
  const exit = once(child, 'close');
  const [[code], out, err] = await Promise.all([exit, text(child.stdout), text(child.stderr)]);
  if (code === null) throw new Error(`forge ${args.join(' ')} was killed`);
  return { ok: code === 0, output: out + err };
}
