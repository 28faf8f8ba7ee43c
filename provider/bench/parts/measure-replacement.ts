import { setTimeout } from 'node:timers/promises';
import { setupPool, soon } from '../../src/supervisor/slots/pool-fixture.ts';
import { printRow } from './print-row.ts';
import { serveRounds } from './rounds-model.ts';
import { median } from './statistics.ts';

const ROUNDS = 5;
const LIMIT_MS = 1_000;
const SPARE_MS = 2_000;

/** From the deadline of a job that never ends to the next answer of the same model. */
export async function measureReplacement(): Promise<void> {
  const fixture = await setupPool({ slots: 1, spare: 1 });
  const run = await serveRounds(fixture);
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
