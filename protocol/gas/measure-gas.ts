import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { forgeBinary } from '../forge.ts';

const PROTOCOL = dirname(dirname(fileURLToPath(import.meta.url)));
const ROOT = dirname(PROTOCOL);
/** Vouchers of a batch that the targets speak of. */
export const BATCH = 25;

/** Whole transactions by name, in gas. */
export type Figures = Readonly<Record<string, number>>;

interface Target {
  readonly what: string;
  readonly limit: number;
  readonly figure: (gas: Figures) => number;
}

export const gasOf = (gas: Figures, name: string): number => {
  const figure = gas[name];
  if (figure === undefined) throw new Error(`No figure for "${name}".`);
  return figure;
};

export const TARGETS: readonly Target[] = [
  { what: 'open', limit: 125_000, figure: (gas) => gasOf(gas, 'open') },
  {
    what: 'claim, a voucher of 25 of one provider, repeat',
    limit: 40_000,
    figure: (gas) => gasOf(gas, 'claim, 25 vouchers of one provider, repeat') / BATCH,
  },
  { what: 'withdrawEarnings', limit: 60_000, figure: (gas) => gasOf(gas, 'withdrawEarnings') },
  { what: 'proveConflict', limit: 200_000, figure: (gas) => gasOf(gas, 'proveConflict') },
  {
    what: 'openDispute',
    limit: 170_000,
    figure: (gas) => gasOf(gas, 'openDispute, 8 candidates'),
  },
];

export function parseFigures(path: string): Figures {
  const entries: [string, string][] = Object.entries(JSON.parse(readFileSync(path, 'utf8')));
  return Object.fromEntries(entries.map(([name, value]) => [name, Number(value)]));
}

/** Runs `protocol/test/gas` on the contracts as `generate.ts` compiled them. */
export function measureGas(): Figures {
  const dir = mkdtempSync(join(tmpdir(), 'assay-gas-'));
  try {
    const args = ['test', '--isolate', '--match-path', 'protocol/test/gas/*'];
    execFileSync(forgeBinary(), args, {
      cwd: ROOT,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        ...process.env,
        FOUNDRY_OPTIMIZER: 'true',
        FOUNDRY_SNAPSHOTS: dir,
        // What `generate.ts` compiled is what is measured; only the test itself is compiled beside it.
        FOUNDRY_OUT: join(PROTOCOL, 'out/release'),
        FOUNDRY_CACHE_PATH: join(PROTOCOL, 'cache/release'),
        FOUNDRY_DYNAMIC_TEST_LINKING: 'true',
      },
    });
    return parseFigures(join(dir, 'gas.json'));
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** All that one session costs on chain, over the inferences it pays for: open, one claim of a batch, its part of a payout. */
export function perInference(gas: Figures, inferences: number): number {
  const claim = gasOf(gas, 'claim, 25 vouchers of one provider, repeat') / BATCH;
  const payout = gasOf(gas, 'withdrawEarnings') / BATCH;
  return (gasOf(gas, 'open') + claim + payout) / inferences;
}

