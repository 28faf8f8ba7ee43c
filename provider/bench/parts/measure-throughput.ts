import { sampleTensors } from '../../src/inference/sample-tensors.ts';
import { setupPool, soon } from '../../src/supervisor/slots/pool-fixture.ts';
import { inFlight } from './in-flight.ts';
import { pinToCore } from './pin-to-core.ts';
import { printRow } from './print-row.ts';
import { startBareLoop } from './start-bare-loop.ts';
import { median, sum } from './statistics.ts';

const CORE = 0;
const ROUNDS = 7;
const RUNS = 20;
/** Enough that the child never waits for the next job. */
const IN_FLIGHT = 2;

/** PP-OCR detection through the pool against a bare loop on the same core, block by block. */
export async function measureThroughput(): Promise<void> {
  const fixture = await setupPool({ slots: 1, spare: 0 });
  const bundle = await fixture.serve('pp-ocr-v4-det/1');
  const bare = await startBareLoop(bundle, CORE);
  for (const { pids } of fixture.pool.stats().models) for (const pid of pids) pinToCore(pid, CORE);
  const tensors = sampleTensors(bundle.manifest);
  const job = () =>
    fixture.pool.run(
      { modelId: bundle.modelId, params: {}, input: { kind: 'tensors', tensors } },
      soon(),
    );
  const pairs: { ours: number; reference: number; cpu: number }[] = [];
  await Promise.all([job(), job()]);
  for (let round = 0; round < ROUNDS; round++) {
    const reference = RUNS / sum(await bare.run(RUNS));
    const started = performance.now();
    const cpu = process.cpuUsage();
    await inFlight(IN_FLIGHT, RUNS, job);
    const { user, system } = process.cpuUsage(cpu);
    pairs.push({
      reference: reference * 1_000,
      ours: (RUNS / (performance.now() - started)) * 1_000,
      cpu: (user + system) / 1_000 / RUNS,
    });
  }
  bare.stop();
  await fixture.close();
  const typical = pairs.toSorted((a, b) => a.ours / a.reference - b.ours / b.reference)[
    Math.floor(ROUNDS / 2)
  ];
  const { ours = Number.NaN, reference = Number.NaN } = typical ?? {};
  printRow({
    name: 'PP-OCR det, one core, through the pool alone (no link, no money)',
    ours,
    reference,
    unit: 'jobs/s',
    bar: 'none',
    ok: null,
  });
  printRow({
    name: 'supervisor CPU per PP-OCR det job (1.2 MB in, 0.4 MB out)',
    ours: median(pairs.map(({ cpu }) => cpu)),
    reference: null,
    unit: 'ms',
    bar: 'none',
    ok: null,
  });
}
