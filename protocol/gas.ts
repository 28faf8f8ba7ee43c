import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  type Figures,
  measureGas,
  parseFigures,
  perInference,
  TARGETS,
} from './gas/measure-gas.ts';

/**
 * Measures whole transactions (`protocol/test/gas`) and compares them with the committed `protocol/gas/gas.json`.
 *
 *   npm run protocol:gas            fails where a figure differs
 *   npm run protocol:gas -- --write commits to the new figures
 */
const COMMITTED = fileURLToPath(new URL('gas/gas.json', import.meta.url));

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

const measured = measureGas();
print(measured);
if (process.argv.includes('--write')) {
  writeFileSync(COMMITTED, `${JSON.stringify(measured, null, 2)}\n`);
} else {
  const changed = differences(parseFigures(COMMITTED), measured);
  if (changed.length > 0) {
    process.stderr.write(
      `Gas changed; if on purpose, \`npm run protocol:gas -- --write\`:\n${changed.join('\n')}\n`,
    );
    process.exitCode = 1;
  }
}
