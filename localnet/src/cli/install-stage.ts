import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ROOT } from '../parts/node-process.ts';
import type { StageResult } from '../report/reporter.ts';

const FRESH_MS = 30_000;
const recordSchema = z.object({ finishedAt: z.number(), ms: z.number(), detail: z.string() });

/** What the bootstrap did just before this start, if it did. */
export function installStage(
  now: number,
  file = join(ROOT, 'node_modules/.assay-bootstrap.json'),
): StageResult | undefined {
  try {
    const { finishedAt, ms, detail } = recordSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    if (now - finishedAt > FRESH_MS) return undefined;
    return { name: 'install', ok: true, ms, detail };
  } catch {
    return undefined;
  }
}
