import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fingerprintDistance, fingerprintOf, type Hex, manifestHash } from '@assay/wire';
import type { Logger } from 'pino';
import type { RuntimeOptions } from '../inference/messages.ts';
import { createSlotPool } from '../supervisor/slots/slot-pool.ts';
import type { LoadedBundle, RunRequest, RunResult } from '../supervisor/slots/slot-types.ts';
import { machineClass } from './machine-class.ts';
import { sampleRequests } from './sample-requests.ts';

/** Every one of these is an honest way to compute the same graph; they differ in rounding only. */
const LEVELS = ['all', 'extended', 'basic', 'disabled'] as const;
const DEADLINE_MS = 120_000;
/** Honest noise of machines that were not measured. */
const MARGIN = 3;
/** Machines of one class were seen to differ by up to this part where one machine's own levels agree. */
const CROSS_MACHINE = 1e-5;
/** Lanes are int32; inputs of other jobs may be larger than the samples. */
const LARGEST_LANE = 2 ** 27;
const LARGEST_SCALE = 2 ** 28;

export interface Calibration {
  readonly class: { readonly name: string; readonly scale: number; readonly tolerance: number };
  /** Largest difference in one lane, level by level, over all samples. */
  readonly distances: Readonly<Record<string, number>>;
  readonly samples: number;
}

export interface CalibrateOptions {
  readonly bundle: LoadedBundle;
  readonly modelsDir: string;
  readonly log: Logger;
  readonly samples: number;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Runs samples at every optimisation level and takes three times the largest honest difference as the tolerance. */
export async function calibrate({
  bundle,
  modelsDir,
  log,
  samples,
  onProgress,
}: CalibrateOptions): Promise<Calibration> {
  const hash = manifestHash(bundle.manifest);
  const requests = sampleRequests(bundle, samples);
  const total = LEVELS.length * requests.length;
  const byLevel = new Map<string, readonly RunResult[]>();
  let done = 0;
  for (const level of LEVELS) {
    byLevel.set(level, await runAt(level, byLevel.get(LEVELS[0]) ?? []));
  }
  const reference = byLevel.get(LEVELS[0]) ?? [];
  const { scale, largest } = chooseScale(reference, hash);
  const lanes = (result: RunResult | undefined): Int32Array =>
    fingerprintOf(result?.fingerprintSource ?? new Float32Array(), { manifestHash: hash, scale });
  const distances = Object.fromEntries(
    [...byLevel].map(([level, results]) => [
      level,
      Math.max(
        0,
        ...results.map((result, index) =>
          fingerprintDistance(lanes(result), lanes(reference[index])),
        ),
      ),
    ]),
  );
  const tolerance = Math.max(
    1,
    MARGIN * Math.max(...Object.values(distances)),
    Math.ceil(CROSS_MACHINE * largest * scale),
  );
  return {
    class: {
      name: machineClass(runtimeAt(LEVELS[0]), { ops: bundle.manifest.ops }),
      scale,
      tolerance,
    },
    distances,
    samples: requests.length,
  };

  async function runAt(
    level: RuntimeOptions['optimisation'],
    reference: readonly RunResult[],
  ): Promise<RunResult[]> {
    const runDir = await mkdtemp(join(tmpdir(), 'assay-calibrate-'));
    const pool = createSlotPool({
      slots: 1,
      spare: 0,
      modelsDir,
      runDir,
      log,
      runtime: runtimeAt(level),
    });
    try {
      await pool.load(bundle);
      const results: RunResult[] = [];
      for (const [index, request] of requests.entries()) {
        const result = await pool.run(forced(request, reference[index]), {
          deadline: Date.now() + DEADLINE_MS,
        });
        results.push(result);
        done += 1;
        onProgress?.(done, total);
      }
      return results;
    } finally {
      await pool.close();
      await rm(runDir, { recursive: true, force: true });
    }
  }
}

/** As fine as int32 lanes allow: outputs that are mostly near zero would hide a cheat below one unit. */
function chooseScale(
  results: readonly RunResult[],
  hash: Hex,
): { readonly scale: number; readonly largest: number } {
  const probe = 2 ** 16;
  const lanes = results.flatMap(({ fingerprintSource }) => [
    ...fingerprintOf(fingerprintSource, { manifestHash: hash, scale: probe }),
  ]);
  const largest = Math.max(1, ...lanes.map(Math.abs)) / probe;
  return {
    largest,
    scale: Math.min(LARGEST_SCALE, 2 ** Math.floor(Math.log2(LARGEST_LANE / largest))),
  };
}

function runtimeAt(optimisation: RuntimeOptions['optimisation']): RuntimeOptions {
  return { executionProvider: 'cpu', optimisation, threads: 1, tf32: false };
}

/** Generated text is scored along the reference's tokens, as a juror scores it: else one near tie changes everything after it. */
function forced(request: RunRequest, reference: RunResult | undefined): RunRequest {
  const tokens = reference?.outputs.find(({ name }) => name === 'tokens');
  if (!tokens || request.input.kind !== 'text') return request;
  return {
    ...request,
    params: { ...request.params, forcedTokens: [...new Int32Array(tokens.data.slice().buffer)] },
  };
}
