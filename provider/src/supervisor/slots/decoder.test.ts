import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AssayError } from '@assay/wire';
import { expect, it, onTestFinished } from 'vitest';
import { buildTinyDecoder } from '../../../models/tiny-decoder/build.ts';
import { holdProcesses } from './hold-processes.ts';
import { setupPool, soon } from './pool-fixture.ts';
import type { GenerationParams, RunChunk, RunOptions } from './slot-types.ts';

const FILES = [
  ['onnx/model.onnx', 'model'],
  ['config.json', 'config'],
  ['tokenizer.json', 'tokenizer'],
  ['tokenizer_config.json', 'config'],
] as const;

async function setup() {
  const { pool, root, serve, close } = await setupPool({ slots: 1 });
  onTestFinished(close);
  const directory = join(root, 'decoder');
  await mkdir(directory);
  await buildTinyDecoder(directory);
  const files = [];
  for (const [path, role] of FILES) {
    const bytes = await readFile(join(directory, path));
    files.push({
      path,
      role,
      sha256: `0x${createHash('sha256').update(bytes).digest('hex')}`,
      bytes: bytes.byteLength,
    });
  }
  const manifest = {
    name: 'tiny-decoder',
    version: '1',
    task: 'text-generation',
    unit: 'token',
    licence: 'Apache-2.0',
    files,
    inputs: [{ name: 'prompt', datatype: 'BYTES', shape: [1] }],
    outputs: [],
    opset: 17,
    ops: [],
    peakMemoryBytes: 128 * 1024 ** 2,
  };
  await writeFile(join(directory, 'manifest.json'), JSON.stringify(manifest));
  const { modelId } = await serve(directory);
  async function generate(
    prompt: string,
    params: GenerationParams,
    options: Partial<RunOptions> = {},
  ) {
    const chunks: RunChunk[] = [];
    const result = await pool.run(
      { modelId, params, input: { kind: 'text', prompt } },
      {
        ...soon(),
        ...options,
        onChunk(chunk) {
          chunks.push(chunk);
          options.onChunk?.(chunk);
        },
      },
    );
    return {
      ...result,
      chunks,
      tokens: [...new Int32Array(result.outputs[1]?.data.slice().buffer ?? new ArrayBuffer(0))],
    };
  }
  return { pool, generate };
}

it('serves a folder with past_key_values unchanged, and scores its tokens again alike', async () => {
  const { generate } = await setup();
  const stepwise = await generate('Hello, wörld', { maxTokens: 40 });
  expect(stepwise.tokens).toHaveLength(40);
  const forced = await generate('Hello, wörld', { forcedTokens: stepwise.tokens });
  for (const [index, score] of stepwise.fingerprintSource.entries())
    expect(forced.fingerprintSource[index]).toBeCloseTo(score, 3);
  expect(stepwise.chunks.map((chunk) => chunk.text ?? '').join('')).toBe(stepwise.text);
}, 60_000);

it('sampling is a function of the seed', async () => {
  const { generate } = await setup();
  const params = { maxTokens: 24, temperature: 1.2, topK: 50, topP: 0.9 };
  const [first, again, other] = [
    await generate('a', { ...params, seed: '1' }),
    await generate('a', { ...params, seed: '1' }),
    await generate('a', { ...params, seed: '2' }),
  ];
  expect(again.tokens).toEqual(first.tokens);
  expect(other.tokens).not.toEqual(first.tokens);
}, 60_000);

it('refuses a prompt that fills the context, naming the limit', async () => {
  const { generate } = await setup();
  await expect(generate('x'.repeat(256), {})).rejects.toMatchObject({
    code: 'P303',
    details: { tokens: 256, limitTokens: 256 },
  });
  await expect(generate('x', { maxTokens: 100_000 })).rejects.toMatchObject({
    code: 'P303',
    details: { maxTokens: 100_000, limit: 4_096 },
  });
  expect((await generate('x'.repeat(250), { maxTokens: 100 })).units).toBeLessThanOrEqual(6);
}, 60_000);

it('a curtailed text resolves with what was streamed, and its tokens score alike', async () => {
  const { pool, generate } = await setup();
  const enough = new AbortController();
  const partial = await generate(
    'Hello',
    { maxTokens: 240 },
    { curtail: enough.signal, onChunk: () => enough.abort(new Error('enough')) },
  );
  expect(partial.units).toBeGreaterThan(0);
  expect(partial.units).toBeLessThan(240);
  expect(partial.tokens).toHaveLength(partial.units);
  expect(partial.chunks.map((chunk) => chunk.text ?? '').join('')).toBe(partial.text);
  expect(partial.chunks.reduce((sum, { units }) => sum + units, 0)).toBe(partial.units);
  const forced = await generate('Hello', { maxTokens: 240, forcedTokens: partial.tokens });
  for (const [index, score] of partial.fingerprintSource.entries())
    expect(forced.fingerprintSource[index]).toBeCloseTo(score, 3);
  expect(pool.stats()).toMatchObject({ busy: 0, kills: 0 });
}, 60_000);

it('a text curtailed in the queue costs nothing', async () => {
  const { generate } = await setup();
  const chunks: RunChunk[] = [];
  const enough = new AbortController();
  const running = generate('Hello', { maxTokens: 60 });
  const queued = generate(
    'Hello',
    { maxTokens: 60 },
    { curtail: enough.signal, onChunk: (chunk) => chunks.push(chunk) },
  );
  enough.abort(new Error('the client went away'));
  await expect(queued).rejects.toThrow('the client went away');
  expect((await running).units).toBe(60);
  expect(chunks).toEqual([]);
}, 60_000);

it('a text curtailed before its child has begun it costs nothing, and the child serves on', async () => {
  const { pool, generate } = await setup();
  const chunks: RunChunk[] = [];
  const enough = new AbortController();
  const release = await holdProcesses(pool.stats().models.flatMap(({ pids }) => pids));
  const started = Promise.withResolvers<void>();
  const curtailed = generate(
    'Hello',
    { maxTokens: 60 },
    {
      curtail: enough.signal,
      onStarted: started.resolve,
      onChunk: (chunk) => chunks.push(chunk),
    },
  );
  await started.promise;
  enough.abort(new AssayError('P300'));
  release();
  await expect(curtailed).rejects.toMatchObject({ code: 'P300' });
  expect((await generate('Hello', { maxTokens: 3 })).units).toBe(3);
  expect(chunks).toEqual([]);
  expect(pool.stats()).toMatchObject({ busy: 0, kills: 0 });
}, 60_000);

it('a curtailed child that goes on is killed at the deadline', async () => {
  const { pool, generate } = await setup();
  const [pid = 0] = pool.stats().models.flatMap(({ pids }) => pids);
  const enough = new AbortController();
  const stuck = generate(
    'Hello',
    { maxTokens: 240 },
    {
      deadline: Date.now() + 1_500,
      curtail: enough.signal,
      onStarted: () => process.kill(pid, 'SIGSTOP'),
    },
  );
  enough.abort(new Error('enough'));
  await expect(stuck).rejects.toMatchObject({ code: 'P304' });
  expect(pool.stats().kills).toBe(1);
  expect((await generate('Hello', { maxTokens: 3 })).units).toBe(3);
}, 60_000);
