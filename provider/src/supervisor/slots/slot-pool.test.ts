import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { Tensor } from '@assay/wire';
import { expect, it, onTestFinished } from 'vitest';
import { writeTestBundle } from './bundle-fixture.ts';
import { runawayGraph, sumGraph } from './graph-fixtures.ts';
import { setupPool, soon } from './pool-fixture.ts';
import type { SlotPoolOptions } from './slot-types.ts';

async function setup(options: Partial<SlotPoolOptions> = {}) {
  const fixture = await setupPool(options);
  onTestFinished(fixture.close);
  const serve = async (
    name: string,
    graph: Parameters<typeof writeTestBundle>[0]['graph'],
    manifest: object = {},
  ) => {
    const directory = join(fixture.root, name);
    await mkdir(directory);
    await writeTestBundle({ directory, name, graph, manifest });
    return fixture.serve(directory);
  };
  return { ...fixture, serveGraph: serve };
}

const x = (...values: number[]): Tensor => ({
  name: 'x',
  datatype: 'FP32',
  shape: [1, values.length],
  data: new Uint8Array(Float32Array.from(values).buffer),
});
const rounds = (count: number): Tensor => ({
  name: 'rounds',
  datatype: 'INT64',
  shape: [],
  data: new Uint8Array(BigInt64Array.of(BigInt(count)).buffer),
});
const firstFloat = (tensor: Tensor | undefined) =>
  tensor && new Float32Array(tensor.data.slice().buffer)[0];

it('kills a child past its deadline, replaces it, and leaves other jobs unharmed', async () => {
  const { pool, serveGraph } = await setup();
  const [runaway, sum] = [
    await serveGraph('runaway', runawayGraph(), { batchAxis: undefined }),
    await serveGraph('sum', sumGraph()),
  ];
  const stuck = pool.run(
    {
      modelId: runaway.modelId,
      params: {},
      input: { kind: 'tensors', tensors: [rounds(2 ** 40)] },
    },
    { deadline: Date.now() + 300 },
  );
  const others = Array.from({ length: 20 }, (_, index) =>
    pool.run(
      { modelId: sum.modelId, params: {}, input: { kind: 'tensors', tensors: [x(index, 1)] } },
      soon(),
    ),
  );
  await expect(stuck).rejects.toMatchObject({ code: 'P304' });
  expect((await Promise.all(others)).map((result) => firstFloat(result.outputs[0]))).toEqual(
    Array.from({ length: 20 }, (_, index) => index + 1),
  );
  const next = await pool.run(
    { modelId: runaway.modelId, params: {}, input: { kind: 'tensors', tensors: [rounds(3)] } },
    soon(),
  );
  expect(firstFloat(next.outputs[0])).toBe(3);
  expect(pool.stats()).toMatchObject({ kills: 1, restarts: 1 });
}, 60_000);

it('refuses wrong inputs before they reach a child, and says what is wrong', async () => {
  const { pool, serveGraph } = await setup({ slots: 1 });
  const { modelId } = await serveGraph('sum', sumGraph());
  const run = (...tensors: Tensor[]) =>
    pool.run({ modelId, params: {}, input: { kind: 'tensors', tensors } }, soon());
  await expect(run()).rejects.toMatchObject({
    code: 'I102',
    details: { input: 'x', reason: 'missing' },
  });
  await expect(run({ ...x(1, 2), datatype: 'FP64' })).rejects.toMatchObject({ code: 'I102' });
  await expect(run({ ...x(1, 2), shape: [2] })).rejects.toMatchObject({ code: 'I102' });
  await expect(run({ ...x(1, 2), shape: [1, 3] })).rejects.toMatchObject({ code: 'I103' });
  await expect(run(x(1), { ...x(2), name: 'y' })).rejects.toMatchObject({
    code: 'I102',
    details: { input: 'y' },
  });
  await expect(run(x(1, Number.NaN))).rejects.toMatchObject({
    code: 'P303',
    details: { input: 'x', index: 1 },
  });
  await expect(
    pool.run({ modelId: '0xunknown', params: {}, input: { kind: 'tensors', tensors: [] } }, soon()),
  ).rejects.toMatchObject({ code: 'P302' });
}, 60_000);

it('stacks what queued while the child was busy, and gives every row its own answer', async () => {
  const { pool, serveGraph } = await setup({ slots: 1 });
  const { modelId } = await serveGraph('sum', sumGraph());
  const results = await Promise.all(
    Array.from({ length: 16 }, (_, index) =>
      pool.run(
        { modelId, params: {}, input: { kind: 'tensors', tensors: [x(index, 100)] } },
        soon(),
      ),
    ),
  );
  expect(results.map((result) => firstFloat(result.outputs[0]))).toEqual(
    Array.from({ length: 16 }, (_, index) => index + 100),
  );
  expect(Math.max(...results.map((result) => result.batchSize))).toBeGreaterThan(1);
}, 60_000);

it('serves the earliest deadline first', async () => {
  const { pool, serveGraph } = await setup({ slots: 1 });
  const { modelId } = await serveGraph('runaway', runawayGraph(), { batchAxis: undefined });
  const order: string[] = [];
  const run = (name: string, deadline: number) =>
    pool
      .run(
        { modelId, params: {}, input: { kind: 'tensors', tensors: [rounds(1_000)] } },
        { deadline: Date.now() + deadline },
      )
      .then(() => order.push(name));
  await Promise.all([
    run('running', 30_000),
    run('waiting in the child', 30_000),
    run('late', 40_000),
    run('early', 20_000),
  ]);
  expect(order).toEqual(['running', 'waiting in the child', 'early', 'late']);
}, 60_000);

it('a child killed from outside is replaced and its job fails with a retryable error', async () => {
  const { pool, serveGraph } = await setup({ slots: 1 });
  const { modelId } = await serveGraph('runaway', runawayGraph(), { batchAxis: undefined });
  const run = (count: number) =>
    pool.run({ modelId, params: {}, input: { kind: 'tensors', tensors: [rounds(count)] } }, soon());
  const lost = run(2 ** 40);
  const [pid] = pool.stats().models.flatMap((model) => model.pids);
  process.kill(pid ?? 0, 'SIGKILL');
  await expect(lost).rejects.toMatchObject({ code: 'P300', retryable: true });
  expect(firstFloat((await run(2)).outputs[0])).toBe(2);
}, 60_000);

it('children see no environment of ours, an empty directory, and no file of ours', async () => {
  const { pool, serveGraph } = await setup({ slots: 1 });
  await serveGraph('sum', sumGraph());
  const [pid] = pool.stats().models.flatMap((model) => model.pids);
  const { readFile, readdir, readlink } = await import('node:fs/promises');
  const environment = (await readFile(`/proc/${pid}/environ`, 'utf8'))
    .split('\0')
    .filter((entry) => entry !== '');
  expect(environment.map((entry) => entry.split('=')[0])).toEqual(['ORT_DISABLE_TELEMETRY', 'PWD']);
  expect(await readdir(await readlink(`/proc/${pid}/cwd`))).toEqual([]);
  expect(await readFile(`/proc/${pid}/limits`, 'utf8')).not.toMatch(/Max data size\s+unlimited/);
}, 60_000);

it('keeps the supervisor’s event loop free while a child computes', async () => {
  const { pool, serveGraph } = await setup({ slots: 1 });
  const { modelId } = await serveGraph('runaway', runawayGraph(), { batchAxis: undefined });
  const enough = new AbortController();
  const started = Promise.withResolvers<void>();
  const computing = pool.run(
    { modelId, params: {}, input: { kind: 'tensors', tensors: [rounds(2 ** 40)] } },
    { ...soon(), signal: enough.signal, onStarted: started.resolve },
  );
  await started.promise;
  for (let turn = 0; turn < 1_000; turn++) await setImmediate();
  expect(pool.stats().busy).toBe(1);
  enough.abort(new Error('the client went away'));
  await expect(computing).rejects.toThrow('the client went away');
}, 60_000);

it('an aborted job leaves the queue at once', async () => {
  const { pool, serveGraph } = await setup({ slots: 1 });
  const { modelId } = await serveGraph('runaway', runawayGraph(), { batchAxis: undefined });
  const running = pool.run(
    { modelId, params: {}, input: { kind: 'tensors', tensors: [rounds(2 ** 40)] } },
    { deadline: Date.now() + 400 },
  );
  const waiting = pool.run(
    { modelId, params: {}, input: { kind: 'tensors', tensors: [rounds(2)] } },
    soon(),
  );
  const abort = new AbortController();
  const queued = pool.run(
    { modelId, params: {}, input: { kind: 'tensors', tensors: [rounds(1)] } },
    { ...soon(), signal: abort.signal },
  );
  expect(pool.stats().queued).toBe(1);
  abort.abort(new Error('the client went away'));
  await expect(queued).rejects.toThrow('the client went away');
  expect(pool.stats().queued).toBe(0);
  await expect(running).rejects.toMatchObject({ code: 'P304' });
  expect(firstFloat((await waiting).outputs[0])).toBe(2);
}, 60_000);

it('a curtailed tensor run rejects at once, and its child serves on', async () => {
  const { pool, serveGraph } = await setup({ slots: 1 });
  const { modelId } = await serveGraph('runaway', runawayGraph(), { batchAxis: undefined });
  const run = (count: number, curtail?: AbortSignal) =>
    pool.run(
      { modelId, params: {}, input: { kind: 'tensors', tensors: [rounds(count)] } },
      { ...soon(), ...(curtail && { curtail }) },
    );
  const enough = new AbortController();
  const running = run(1_000, enough.signal);
  enough.abort(new Error('the client went away'));
  await expect(running).rejects.toThrow('the client went away');
  expect(firstFloat((await run(2)).outputs[0])).toBe(2);
  await expect(run(2, enough.signal)).rejects.toThrow('the client went away');
  expect(pool.stats().kills).toBe(0);
}, 60_000);

it.each(['SIGINT', 'SIGTERM'] as const)(
  'a child finishes its run on a %s meant for the whole group: its supervisor decides',
  async (signal) => {
    const { pool, serveGraph } = await setup({ slots: 1, spare: 0 });
    const { modelId } = await serveGraph('runaway', runawayGraph(), { batchAxis: undefined });
    const [pid = 0] = pool.stats().models.flatMap(({ pids }) => pids);
    const run = (count: number) =>
      pool.run(
        { modelId, params: {}, input: { kind: 'tensors', tensors: [rounds(count)] } },
        {
          ...soon(),
          onStarted: () => process.kill(pid, signal),
        },
      );
    expect(firstFloat((await run(100_000)).outputs[0])).toBe(100_000);
    expect(firstFloat((await run(2)).outputs[0])).toBe(2);
    expect(pool.stats().models.flatMap(({ pids }) => pids)).toEqual([pid]);
  },
  60_000,
);

it('refuses a bundle whose file changed on the way', async () => {
  const { root, import: importBundle } = await setup({ slots: 1, spare: 0 });
  const directory = join(root, 'changed');
  await mkdir(directory);
  await writeTestBundle({ directory, name: 'changed', graph: sumGraph() });
  await writeFile(join(directory, 'model.onnx'), 'something else');
  await expect(importBundle(directory)).rejects.toMatchObject({
    code: 'M602',
    details: { file: 'model.onnx' },
  });
}, 60_000);

it('loads nothing once it is closed', async () => {
  const { pool, import: bring } = await setup();
  const bundle = await bring('char-lm/1');
  await pool.close();
  await expect(pool.load(bundle)).rejects.toMatchObject({ code: 'P305' });
});
