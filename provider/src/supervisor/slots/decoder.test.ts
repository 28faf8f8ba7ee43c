import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { buildTinyDecoder } from '../../../models/tiny-decoder/build.ts';
import { setupPool, soon } from './pool-fixture.ts';
import type { GenerationParams, RunChunk } from './slot-types.ts';

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
  async function generate(prompt: string, params: GenerationParams) {
    const chunks: RunChunk[] = [];
    const result = await pool.run(
      { modelId, params, input: { kind: 'text', prompt } },
      { ...soon(), onChunk: (chunk) => chunks.push(chunk) },
    );
    return {
      ...result,
      chunks,
      tokens: [...new Int32Array(result.outputs[1]?.data.slice().buffer ?? new ArrayBuffer(0))],
    };
  }
  return { generate };
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
