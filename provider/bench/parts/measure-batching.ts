import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Tensor } from '@assay/wire';
import { setupPool, soon } from '../../src/supervisor/slots/pool-fixture.ts';
import type { LoadedBundle } from '../../src/supervisor/slots/slot-types.ts';
import { cpuOf } from './cpu-of.ts';
import { inFlight } from './in-flight.ts';
import { printRow } from './print-row.ts';
import { median } from './statistics.ts';

const CONCURRENT = 16;
const JOBS = 4_800;
/** A batch is one run: the code around runs is compiled late. */
const WARM_UP_ROUNDS = 3;
const ROUNDS = 8;
const WINDOW = 576;

/** Silero VAD, one window per job with its own state, 16 jobs at a time: batched against one by one. */
export async function measureBatching(): Promise<void> {
  const fixture = await setupPool({ slots: 1, spare: 0 });
  const batched = await fixture.serve(await stepModel(fixture.root, 'vad-step', { batchAxis: 0 }));
  const single = await fixture.serve(await stepModel(fixture.root, 'vad-step-single', {}));
  const windows = Array.from({ length: CONCURRENT }, windowTensors);
  const measure = async ({ modelId }: LoadedBundle): Promise<Sample> => {
    const pids = fixture.pool.stats().models.find((model) => model.modelId === modelId)?.pids ?? [];
    const cpu = () => pids.reduce((sum, pid) => sum + cpuOf(pid), 0);
    const [started, cpuBefore] = [performance.now(), cpu()];
    await inFlight(
      windows.map(
        (tensors) => () =>
          fixture.pool.run({ modelId, params: {}, input: { kind: 'tensors', tensors } }, soon()),
      ),
      JOBS,
    );
    return {
      rate: (JOBS / (performance.now() - started)) * 1_000,
      cpuMs: (cpu() - cpuBefore) / JOBS,
    };
  };
  for (let round = 0; round < WARM_UP_ROUNDS; round++)
    for (const model of [batched, single]) await measure(model);
  const pairs: { ours: Sample; reference: Sample }[] = [];
  for (let round = 0; round < ROUNDS; round++)
    pairs.push({ ours: await measure(batched), reference: await measure(single) });
  await fixture.close();
  // The best of each: whatever else the machine does only ever takes away.
  const ours = Math.max(...pairs.map((pair) => pair.ours.rate));
  const reference = Math.max(...pairs.map((pair) => pair.reference.rate));
  printRow({
    name: 'Silero VAD, 16 concurrent, batched against unbatched',
    ours,
    reference,
    unit: 'jobs/s',
    bar: 'ratio >= 2.5',
    ok: ours / reference >= 2.5,
  });
  printRow({
    name: 'Silero VAD, the same in processor time of the child',
    ours: median(pairs.map((pair) => pair.ours.cpuMs)),
    reference: median(pairs.map((pair) => pair.reference.cpuMs)),
    unit: 'ms/job',
    bar: 'none',
    ok: null,
  });
}

interface Sample {
  readonly rate: number;
  readonly cpuMs: number;
}

/** The detector's graph as it is, one step per job: state goes in and comes out, stacked along its own axis. */
async function stepModel(
  root: string,
  name: string,
  batching: { batchAxis?: number },
): Promise<string> {
  const source = new URL('../../models/silero-vad/6/', import.meta.url).pathname;
  const directory = join(root, name);
  await mkdir(directory);
  await cp(join(source, 'sources.json'), join(directory, 'sources.json'));
  const { state, parameters, batchAxis, ...vad } = JSON.parse(
    await readFile(join(source, 'manifest.json'), 'utf8'),
  );
  const manifest = {
    ...vad,
    ...batching,
    name,
    task: 'tensor',
    unit: 'request',
    state,
    inputs: [
      { name: 'input', datatype: 'FP32', shape: [-1, WINDOW] },
      { name: 'state', datatype: 'FP32', shape: [2, -1, 128] },
      { name: 'sr', datatype: 'INT64', shape: [] },
    ],
    outputs: [
      { name: 'output', datatype: 'FP32', shape: [-1, 1] },
      { name: 'stateN', datatype: 'FP32', shape: [2, -1, 128] },
    ],
    parameters: {
      'batchAxis.state': 1,
      'batchAxis.stateN': 1,
      'batchAxis.sr': -1,
      'sampleValue.sr': 16_000,
    },
  };
  await writeFile(join(directory, 'manifest.json'), JSON.stringify(manifest));
  return directory;
}

function windowTensors(): Tensor[] {
  const floats = (name: string, shape: number[]): Tensor => {
    const values = new Float32Array(shape.reduce((product, dimension) => product * dimension, 1));
    return { name, datatype: 'FP32', shape, data: new Uint8Array(values.buffer) };
  };
  const sr: Tensor = {
    name: 'sr',
    datatype: 'INT64',
    shape: [],
    data: new Uint8Array(BigInt64Array.of(16_000n).buffer),
  };
  return [floats('input', [1, WINDOW]), floats('state', [2, 1, 128]), sr];
}
