import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { nodeFlagsOf } from '../../localnet/src/processes/node-flags-of.ts';
import { type BenchRow, parseBenchRow } from './bench-row.ts';

const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** Runs one suite, on Node with the flags its first line asks for; rows are handed over as they come. Rejects when the suite could not measure. */
export async function runSuite(options: {
  root: string;
  file: string;
  onRow: (row: BenchRow) => void;
}): Promise<void> {
  const { root, file, onRow } = options;
  const child = spawn(process.execPath, [...nodeFlagsOf(file), '--import', TSX, file], {
    cwd: root,
    // ONNX Runtime would report to its makers.
    env: { ...process.env, ORT_DISABLE_TELEMETRY: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.trim() !== '') onRow(rowOf(file, line));
  }
  const [code] = await exited;
  if (code !== 0) throw new Error(`${file} could not measure: it exited with code ${code}.`);
}

function rowOf(file: string, line: string): BenchRow {
  try {
    return parseBenchRow(line);
  } catch (cause) {
    throw new Error(`${file} printed a line that is not a result: ${line.slice(0, 200)}`, {
      cause,
    });
  }
}
