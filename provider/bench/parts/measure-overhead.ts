import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ELEMENT, type GraphSource } from '../../src/bundle/onnx/write-model.ts';
import { sampleTensors } from '../../src/inference/sample-tensors.ts';
import { writeTestBundle } from '../../src/supervisor/slots/bundle-fixture.ts';
import { type PoolFixture, setupPool, soon } from '../../src/supervisor/slots/pool-fixture.ts';
import { printRow } from './print-row.ts';
import { startBareLoop } from './start-bare-loop.ts';
import { median } from './statistics.ts';

const ROUNDS = 20;
const RUNS = 50;

/** A graph that costs next to nothing, so that what is measured is the way to it and back. */
function cheapGraph(element: 1 | 2, values: number, output: string): GraphSource {
  return {
    inputs: [{ name: 'x', element, shape: ['n', values] }],
    outputs: [{ name: 'y', element, shape: ['n', output] }],
    operations: [{ type: 'Max', inputs: ['x', 'x'], outputs: ['y'] }],
  };
}

interface Case {
  readonly name: string;
  readonly graph: GraphSource;
  readonly limitMs: number;
}

/** Median time through supervisor and child up to the release of the output, less the bare call's, in the same run. */
export async function measureOverhead(): Promise<void> {
  const fixture = await setupPool({ slots: 1, spare: 0 });
  const cases: Case[] = [
    { name: '4 KB', graph: cheapGraph(ELEMENT.float, 1_024, 'k'), limitMs: 0.5 },
    { name: '150 KB', graph: cheapGraph(ELEMENT.uint8, 153_600, 'k'), limitMs: 1 },
  ];
  for (const one of cases) await measureCase(fixture, one);
  await fixture.close();
}

async function measureCase(fixture: PoolFixture, { name, graph, limitMs }: Case): Promise<void> {
  const directory = join(fixture.root, name.replaceAll(' ', ''));
  await mkdir(directory);
  await writeTestBundle({ directory, name: name.toLowerCase().replaceAll(' ', ''), graph });
  const bundle = await fixture.serve(directory);
  const bare = await startBareLoop(bundle, 0);
  const tensors = sampleTensors(bundle.manifest);
  const served: number[] = [];
  const direct: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    direct.push(...(await bare.run(RUNS)));
    for (let run = 0; run < RUNS; run++) {
      const started = performance.now();
      await fixture.pool.run(
        { modelId: bundle.modelId, params: {}, input: { kind: 'tensors', tensors } },
        { ...soon(), onChunk: () => served.push(performance.now() - started) },
      );
    }
  }
  bare.stop();
  const warm = served.slice(RUNS);
  const [ours, reference] = [median(warm), median(direct)];
  printRow({
    name: `overhead of supervisor and child, ${name}, p50`,
    ours,
    reference,
    unit: 'ms',
    bar: `ours - reference <= ${limitMs} ms`,
    ok: ours - reference <= limitMs,
  });
}
