import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { setupPool, soon } from '../../src/supervisor/slots/pool-fixture.ts';
import { printRow } from './print-row.ts';
import { serveRounds } from './rounds-model.ts';

const RUN_MS = 200;
const RUNS = 20;
const TRIAL = 20_000;
const LIMIT_MS = 20;

/** How late the supervisor's event loop turns while a child computes for 200 ms at a time; an idle one beside it. */
export async function measureEventLoop(): Promise<void> {
  const fixture = await setupPool({ slots: 1, spare: 0 });
  const run = await serveRounds(fixture);
  await run(TRIAL, soon().deadline);
  const started = performance.now();
  await run(TRIAL, soon().deadline);
  const rounds = Math.ceil((TRIAL * RUN_MS) / (performance.now() - started));

  const reference = await delayDuring(() => setTimeout(RUNS * RUN_MS));
  const ours = await delayDuring(async () => {
    for (let count = 0; count < RUNS; count++) await run(rounds, soon().deadline);
  });
  await fixture.close();
  printRow({
    name: 'event loop of the supervisor while a child computes for 200 ms, p99 of its delay',
    ours,
    reference,
    unit: 'ms',
    bar: `ours < ${LIMIT_MS} ms`,
    ok: ours < LIMIT_MS,
  });
}

/** The 99th percentile, in milliseconds. */
async function delayDuring(work: () => Promise<unknown>): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await work();
  delay.disable();
  return delay.percentile(99) / 1e6;
}
