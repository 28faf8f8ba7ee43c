import { execFile } from 'node:child_process';
import { Readable } from 'node:stream';
import type { ReadableStream as WebStream } from 'node:stream/web';
import { promisify } from 'node:util';
import { AssayError } from '@assay/wire';
import type { Logger } from 'pino';
import type { ProviderConfig } from '../config.ts';
import { PROGRAM_ENVIRONMENT } from '../system-programs.ts';
import type { GridSource } from './grid-source.ts';
import { liveGrid } from './live-grid.ts';
import { parseGrams } from './parse-grams.ts';
import { tableGrid } from './table-grid.ts';

type Live = NonNullable<ProviderConfig['energy']['grid']>;

const PATIENCE_MS = 5_000;
const MOST_BYTES = 64 * 1024;

/** What the config says: a live source, else its own number, else the table's for the region. */
export function createGridSource(
  { grid, gridGramsPerKwh }: ProviderConfig['energy'],
  region: string,
  log: Logger,
): GridSource {
  const fixed = gridGramsPerKwh === undefined ? tableGrid(region) : statedGrid(gridGramsPerKwh);
  if (grid === undefined) return fixed;
  const name = 'url' in grid ? new URL(grid.url).host : grid.command[0];
  const everyMs = grid.everySeconds * 1000;
  return liveGrid({ ask: () => askGrid(grid), name, everyMs, otherwise: fixed, log });
}

const statedGrid = (gramsPerKwh: number): GridSource => ({
  now: () => ({ gramsPerKwh, method: 'stated', confidence: 'stated by the provider' }),
  close: () => undefined,
});

/** Grams per kWh from an HTTP address or a program's output. */
export async function askGrid(grid: Live): Promise<number> {
  const text = 'url' in grid ? await fetchText(grid.url) : await outputOf(grid.command);
  return parseGrams(text, grid.field);
}

async function fetchText(url: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) });
  if (!response.ok || response.body === null) throw refused(`HTTP ${response.status}`);
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of Readable.fromWeb(
    response.body as WebStream,
  ) as AsyncIterable<Uint8Array>) {
    bytes += part.byteLength;
    if (bytes > MOST_BYTES) throw refused(`more than ${MOST_BYTES} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

async function outputOf([program, ...args]: readonly [string, ...string[]]): Promise<string> {
  const { stdout } = await promisify(execFile)(program, args, {
    env: PROGRAM_ENVIRONMENT,
    timeout: PATIENCE_MS,
    maxBuffer: MOST_BYTES,
  });
  return stdout;
}

const refused = (reason: string): AssayError =>
  new AssayError('P320', { details: { field: 'energy.grid', reason } });
