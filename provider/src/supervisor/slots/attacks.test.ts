import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LONGEST_PREFIX, LONGEST_PROMPT, type Tensor } from '@assay/wire';
import { expect, it, onTestFinished } from 'vitest';
import type { GraphSource } from '../../bundle/onnx/write-model.ts';
import { writeModel } from '../../bundle/onnx/write-model.ts';
import { writeTestBundle } from './bundle-fixture.ts';
import {
  constantBombGraph,
  externalGraph,
  hoarderGraph,
  nestedGraph,
  shapeBombGraph,
  strangeGraph,
  sumGraph,
} from './graph-fixtures.ts';
import { setupPool, soon } from './pool-fixture.ts';
import type { GenerationParams } from './slot-types.ts';

/** A pool with one honest model beside which an attacker's is loaded. */
async function setup() {
  const fixture = await setupPool({ loadTimeoutMs: 15_000 });
  onTestFinished(fixture.close);
  async function place(name: string, graph: GraphSource | Uint8Array, manifest: object = {}) {
    const directory = join(fixture.root, name);
    await mkdir(directory, { recursive: true });
    await writeTestBundle({
      directory,
      name,
      graph,
      manifest: { batchAxis: undefined, ...manifest },
    });
    return directory;
  }
  const honest = await fixture.serve(await place('honest', sumGraph()));
  const stillServing = async () => {
    const data = new Uint8Array(Float32Array.of(20, 22).buffer);
    const result = await fixture.pool.run(
      {
        modelId: honest.modelId,
        params: {},
        input: { kind: 'tensors', tensors: [{ name: 'x', datatype: 'FP32', shape: [1, 2], data }] },
      },
      soon(),
    );
    expect(new Float32Array(result.outputs[0]?.data.slice().buffer ?? new ArrayBuffer(4))[0]).toBe(
      42,
    );
  };
  return { ...fixture, place, stillServing };
}

const int64 = (name: string, values: number[], shape: number[]): Tensor => ({
  name,
  datatype: 'INT64',
  shape,
  data: new Uint8Array(BigInt64Array.from(values, BigInt).buffer),
});

it('external data cannot lead out of the bundle: absolute, upward or through a link', async () => {
  const { root, place, serve, stillServing } = await setup();
  const secret = join(root, 'secret.bin');
  await writeFile(secret, 'KEY!');
  for (const [index, location] of [secret, '../../secret.bin', 'link.bin'].entries()) {
    const directory = await place(`escape${index}`, externalGraph(location));
    await symlink(secret, join(directory, 'link.bin'));
    await expect(serve(directory)).rejects.toMatchObject({ code: 'M603' });
  }
  await stillServing();
}, 60_000);

it('a secret in the child’s working directory is out of reach, because it loads by path', async () => {
  const { root, place, serve } = await setup();
  const empty = join(root, 'run', 'empty');
  await chmod(empty, 0o755);
  await writeFile(join(empty, 'secret.bin'), 'KEY!');
  await expect(serve(await place('cwd', externalGraph('secret.bin')))).rejects.toMatchObject({
    code: 'M603',
  });
}, 60_000);

it('a constant bomb dies within its memory, at load', async () => {
  const { place, serve, stillServing } = await setup();
  await expect(serve(await place('bomb', constantBombGraph()))).rejects.toMatchObject({
    code: expect.stringMatching(/^(P309|M603)$/),
  });
  await stillServing();
}, 60_000);

it('an input that asks for gigabytes is refused as memory, and the next job works', async () => {
  const { place, serve, pool, stillServing } = await setup();
  const { modelId } = await serve(
    await place('shape', shapeBombGraph(), {
      parameters: { 'sample.shape': '1', 'sampleValue.shape': 1 },
    }),
  );
  const ask = (...dimensions: number[]) =>
    pool.run(
      {
        modelId,
        params: {},
        input: { kind: 'tensors', tensors: [int64('shape', dimensions, [dimensions.length])] },
      },
      soon(),
    );
  await expect(ask(40_000, 10_000)).rejects.toMatchObject({ code: 'P309' });
  await expect(ask(2 ** 40, 2 ** 20)).rejects.toMatchObject({
    code: expect.stringMatching(/^P30/),
  });
  expect((await ask(10, 10)).outputs).toHaveLength(1);
  await stillServing();
}, 60_000);

it('a loop that hoards its outputs is stopped by its memory limit, other jobs unharmed', async () => {
  const { place, serve, pool, stillServing } = await setup();
  const { modelId } = await serve(
    await place('hoarder', hoarderGraph(), { parameters: { 'sampleValue.rounds': 1 } }),
  );
  const run = (rounds: number) =>
    pool.run(
      { modelId, params: {}, input: { kind: 'tensors', tensors: [int64('rounds', [rounds], [])] } },
      soon(),
    );
  const hoarding = run(1_000_000);
  await stillServing();
  await expect(hoarding).rejects.toMatchObject({ code: 'P309' });
  expect((await run(2)).outputs).toHaveLength(1);
}, 60_000);

it('unknown operators and domains are refused at load', async () => {
  const { place, serve, stillServing } = await setup();
  await expect(
    serve(await place('strange', writeModel(strangeGraph(), { domains: { 'com.example': 1 } }))),
  ).rejects.toMatchObject({ code: 'M603' });
  await stillServing();
}, 60_000);

it('absurd nesting ends in a refusal, not in a crash of the supervisor', async () => {
  const { place, serve, stillServing } = await setup();
  await expect(serve(await place('nested', nestedGraph(600)))).rejects.toMatchObject({
    code: expect.stringMatching(/^(M603|P300|P309)$/),
  });
  await stillServing();
}, 60_000);

it('a bundle with flipped bytes never gets into the store', async () => {
  const { place, import: importBundle } = await setup();
  const directory = await place('flipped', hoarderGraph());
  const bytes = writeModel(hoarderGraph());
  for (let at = 0; at < bytes.byteLength; at += 7) {
    const flipped = Buffer.from(bytes);
    flipped[at] = (flipped[at] ?? 0) ^ 0x10;
    await writeFile(join(directory, 'model.onnx'), flipped);
    await expect(importBundle(directory)).rejects.toMatchObject({ code: 'M602' });
  }
}, 60_000);

it('damaged graphs that carry the right hash end in a typed error or run, and the pool lives', async () => {
  const { place, serve, stillServing } = await setup();
  const bytes = writeModel(sumGraph());
  for (let mutant = 0; mutant < 6; mutant++) {
    const flipped = Buffer.from(bytes);
    const at = (mutant * 31) % bytes.byteLength;
    flipped[at] = (flipped[at] ?? 0) ^ (1 << (mutant % 8));
    const manifest = { inputs: [{ name: 'x', datatype: 'FP32', shape: [-1, -1] }], outputs: [] };
    const loaded = await serve(await place(`mutant${mutant}`, flipped, manifest)).catch(
      (error: unknown) => error,
    );
    if (loaded instanceof Error)
      expect(loaded).toMatchObject({ code: expect.stringMatching(/^[MP]\d{3}$/) });
  }
  await stillServing();
}, 120_000);

it('texts that no frame to a child can hold are refused, and the child lives on', async () => {
  const { pool, serve, stillServing } = await setup();
  const { modelId } = await serve('char-lm/1');
  const control = (length: number) => '\u0001'.repeat(length);
  const run = (prompt: string, params: GenerationParams) =>
    pool.run({ modelId, params, input: { kind: 'text', prompt } }, soon());
  const pids = () => pool.stats().models.flatMap((model) => model.pids);
  const before = pids();
  const limit = { details: expect.objectContaining({ limitBytes: expect.any(Number) }) };
  await expect(run(control(1_500_000), {})).rejects.toMatchObject({ code: 'P303', ...limit });
  const prefixed = run(control(450_000), { deliveredPrefix: control(1_000_000) });
  await expect(prefixed).rejects.toMatchObject({ code: 'P303', ...limit });
  const forcedTokens = Array<number>(100_000).fill(Number.MAX_SAFE_INTEGER);
  const forced = run(control(LONGEST_PROMPT), {
    deliveredPrefix: control(LONGEST_PREFIX),
    forcedTokens,
  });
  await expect(forced).rejects.toMatchObject({ code: 'P303', ...limit });
  expect(pids()).toEqual(before);
  await stillServing();
}, 60_000);
