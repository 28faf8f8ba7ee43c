import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { forgeBinary } from './forge.ts';

/**
 * Measures whole transactions (`protocol/test/gas`) and compares them with the committed `protocol/gas/gas.json`.
 *
 *   npm run protocol:gas            fails where a figure differs
 *   npm run protocol:gas -- --write commits to the new figures
 */
const PROTOCOL = dirname(fileURLToPath(import.meta.url));
const ROOT = dirname(PROTOCOL);
const COMMITTED = join(PROTOCOL, 'gas/gas.json');
const BATCH = 25;

type Figures = Readonly<Record<string, number>>;

interface Target {
  readonly what: string;
  readonly limit: number;
  readonly figure: (gas: Figures) => number;
}

const at = (gas: Figures, name: string): number => {
  const figure = gas[name];
  if (figure === undefined) throw new Error(`No figure for "${name}".`);
  return figure;
};

const TARGETS: readonly Target[] = [
  { what: 'open', limit: 125_000, figure: (gas) => at(gas, 'open') },
  {
    what: 'claim, a voucher of 25 of one provider, repeat',
    limit: 40_000,
    figure: (gas) => at(gas, 'claim, 25 vouchers of one provider, repeat') / BATCH,
  },
  { what: 'withdrawEarnings', limit: 60_000, figure: (gas) => at(gas, 'withdrawEarnings') },
  { what: 'proveConflict', limit: 200_000, figure: (gas) => at(gas, 'proveConflict') },
];

function parse(path: string): Figures {
  const entries: [string, string][] = Object.entries(JSON.parse(readFileSync(path, 'utf8')));
  return Object.fromEntries(entries.map(([name, value]) => [name, Number(value)]));
}

function measure(): Figures {
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
    return parse(join(dir, 'gas.json'));
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** All that one session costs on chain, over the inferences it pays for: open, one claim of a batch, its part of a payout. */
function perInference(gas: Figures, inferences: number): number {
  const claim = at(gas, 'claim, 25 vouchers of one provider, repeat') / BATCH;
  const payout = at(gas, 'withdrawEarnings') / BATCH;
  return (at(gas, 'open') + claim + payout) / inferences;
}

const line = (name: string, value: number, note = ''): void => {
  const rounded = Math.round(value).toLocaleString('en');
  process.stdout.write(`${name.padEnd(54)}${rounded.padStart(11)} ${note}\n`);
};

function print(gas: Figures): void {
  for (const [name, value] of Object.entries(gas)) line(name, value);
  for (const { what, limit, figure } of TARGETS) {
    const missed = figure(gas) > limit;
    line(
      `target: ${what}`,
      figure(gas),
      `of ${limit}${missed ? ', missed: see gas/README.md' : ''}`,
    );
  }
  for (const count of [100, 1_000])
    line(`all in, an inference of ${count}`, perInference(gas, count));
}

function differences(before: Figures, after: Figures): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names]
    .filter((name) => before[name] !== after[name])
    .map((name) => `${name}: ${before[name] ?? 'new'} -> ${after[name] ?? 'gone'}`);
}

const measured = measure();
print(measured);
if (process.argv.includes('--write')) {
  writeFileSync(COMMITTED, `${JSON.stringify(measured, null, 2)}\n`);
} else {
  const changed = differences(parse(COMMITTED), measured);
  if (changed.length > 0) {
    process.stderr.write(
      `Gas changed; if on purpose, \`npm run protocol:gas -- --write\`:\n${changed.join('\n')}\n`,
    );
    process.exitCode = 1;
  }
}
