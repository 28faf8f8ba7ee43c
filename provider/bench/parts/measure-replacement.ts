import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Tensor } from '@assay/wire';
import { writeTestBundle } from '../../src/supervisor/slots/bundle-fixture.ts';
import { runawayGraph } from '../../src/supervisor/slots/graph-fixtures.ts';
import { setupPool, soon } from '../../src/supervisor/slots/pool-fixture.ts';
import { printRow } from './print-row.ts';
import { median } from './statistics.ts';

const ROUNDS = 5;
const LIMIT_MS = 1_000;
const SPARE_MS = 2_000;

/** From the deadline of a job that never ends to the next answer of the same model. */
export async function measureReplacement(): Promise<void> {
  const fixture = await setupPool({ slots: 1, spare: 1 });
  const directory = join(fixture.root, 'runaway');
  await mkdir(directory);
  await writeTestBundle({
    directory,
    name: 'runaway',
    graph: runawayGraph(),
    manifest: { batchAxis: undefined },
  });
  const { modelId } = await fixture.serve(directory);
  const run = (rounds: number, deadline: number) =>
    fixture.pool.run(
      { modelId, params: {}, input: { kind: 'tensors', tensors: [roundsTensor(rounds)] } },
      { deadline },
    );
  const gaps: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    await run(2 ** 40, Date.now() + 100).catch(() => {});
    const killed = performance.now();
    await run(1, soon().deadline);
    gaps.push(performance.now() - killed);
    // Kills are rare: by the next one the spare has long been started.
    await setTimeout(SPARE_MS);
  }
  await fixture.close();
  const ours = median(gaps);
  printRow({
    name: 'child killed at its deadline, next answer of the model, p50',
    ours,
    reference: null,
    unit: 'ms',
    bar: `ours < ${LIMIT_MS} ms`,
    ok: ours < LIMIT_MS,
  });
}

function roundsTensor(rounds: number): Tensor {
  return {
    name: 'rounds',
    datatype: 'INT64',
    shape: [],
    data: new Uint8Array(BigInt64Array.of(BigInt(rounds)).buffer),
  };
}
