import { createHash } from 'node:crypto';
import { expect, it, onTestFinished } from 'vitest';
import { sampleTensors } from '../../inference/sample-tensors.ts';
import { packStrings } from '../../inference/string-tensor.ts';
import { fixture, setupPool, soon } from './pool-fixture.ts';
import type { RunChunk } from './slot-types.ts';

async function serving(model: string) {
  const { pool, serve, close } = await setupPool({ slots: 1 });
  onTestFinished(close);
  return { pool, ...(await serve(model)) };
}

function floatsOf(tensor: { readonly data: Uint8Array } | undefined): number[] {
  return tensor ? [...new Float32Array(tensor.data.slice().buffer)] : [];
}

it('reads the text of a line in a PNG', async () => {
  const { pool, modelId } = await serving('pp-ocr-v4-rec/1');
  const data = await fixture('line.png');
  const chunks: RunChunk[] = [];
  const result = await pool.run(
    {
      modelId,
      params: {},
      input: {
        kind: 'tensors',
        tensors: [{ name: 'image', datatype: 'UINT8', shape: [data.byteLength], data }],
      },
    },
    { ...soon(), onChunk: (chunk) => chunks.push(chunk) },
  );
  expect(result.text).toBe('Trust is measured in 48 receipts');
  expect(result.units).toBe(1);
  expect(floatsOf(result.outputs[1])[0]).toBeGreaterThan(0.9);
  expect(chunks.map((chunk) => chunk.text)).toEqual([result.text]);
  expect(result.fingerprintSource.length).toBeGreaterThan(6_625);
}, 60_000);

it('finds the two sentences of a WAV', async () => {
  const { pool, modelId } = await serving('silero-vad/6');
  const data = await fixture('speech.wav');
  const result = await pool.run(
    {
      modelId,
      params: {},
      input: {
        kind: 'tensors',
        tensors: [{ name: 'audio', datatype: 'UINT8', shape: [data.byteLength], data }],
      },
    },
    soon(),
  );
  const [start, end] = result.outputs.map(floatsOf);
  expect(start).toHaveLength(2);
  for (const [index, expected] of [0.6, 2.87].entries())
    expect(Math.abs((start?.[index] ?? 0) - expected)).toBeLessThan(0.15);
  for (const [index, expected] of [2.07, 4.5].entries())
    expect(Math.abs((end?.[index] ?? 0) - expected)).toBeLessThan(0.2);
  expect(result.units).toBe(6);
  expect(result.text).toMatch(/^0\.\d\d s to \d\.\d\d s\n/);
}, 60_000);

it('streams text token by token, and the chunks are the text', async () => {
  const { pool, modelId } = await serving('char-lm/1');
  const chunks: RunChunk[] = [];
  const result = await pool.run(
    { modelId, params: { maxTokens: 80 }, input: { kind: 'text', prompt: 'The provider ' } },
    { ...soon(), onChunk: (chunk) => chunks.push(chunk) },
  );
  expect(result.units).toBe(80);
  expect(chunks).toHaveLength(80);
  expect(chunks.map((chunk) => chunk.text).join('')).toBe(result.text);
  expect(result.text).toMatch(/^[a-z ]+[.,]? /);
  expect(result.fingerprintSource).toHaveLength(160);
}, 60_000);

it('a resumed attempt goes on exactly where the delivered text ends', async () => {
  const { pool, modelId } = await serving('char-lm/1');
  const params = { maxTokens: 60, temperature: 0.8, topK: 20, topP: 0.95, seed: '7' };
  const run = (delivered: object) =>
    pool.run(
      {
        modelId,
        params: { ...params, ...delivered },
        input: { kind: 'text', prompt: 'A receipt ' },
      },
      soon(),
    );
  const whole = (await run({})).text ?? '';
  const resumed = await run({ deliveredPrefix: whole.slice(0, 25) });
  expect(whole.slice(0, 25) + resumed.text).toBe(whole);
  expect(resumed.units).toBe(35);
}, 60_000);

it('scores forced tokens like the run that chose them', async () => {
  const { pool, modelId } = await serving('char-lm/1');
  const input = { kind: 'text', prompt: 'A receipt ' } as const;
  const chosen = await pool.run(
    { modelId, params: { maxTokens: 20, temperature: 1, seed: '3' }, input },
    soon(),
  );
  const forcedTokens = [
    ...new Int32Array(chosen.outputs[1]?.data.slice().buffer ?? new ArrayBuffer(0)),
  ];
  const forced = await pool.run({ modelId, params: { forcedTokens }, input }, soon());
  expect([...forced.fingerprintSource]).toEqual([...chosen.fingerprintSource]);
  expect(forced.text).toBe(chosen.text);
}, 60_000);

it('ends before a stop sequence and never shows part of it', async () => {
  const { pool, modelId } = await serving('char-lm/1');
  const input = { kind: 'text', prompt: 'The provider ' } as const;
  const whole = (await pool.run({ modelId, params: { maxTokens: 60 }, input }, soon())).text ?? '';
  const stop = whole.slice(20, 25);
  const chunks: RunChunk[] = [];
  const result = await pool.run(
    { modelId, params: { maxTokens: 60, stop: [stop] }, input },
    { ...soon(), onChunk: (chunk) => chunks.push(chunk) },
  );
  expect(result.text).toBe(whole.slice(0, whole.indexOf(stop)));
  expect(chunks.map((chunk) => chunk.text ?? '').join('')).toBe(result.text);
  expect(chunks.reduce((sum, chunk) => sum + chunk.units, 0)).toBe(result.units);
}, 60_000);

it('embeds texts so that near meanings are near', async () => {
  const { pool, modelId } = await serving('word-vectors/1');
  const texts = [
    'How do I reset my password?',
    'I forgot my login credentials',
    'Stock prices fell sharply',
    'Rising rates hurt shares',
  ];
  const data = packStrings(texts);
  const result = await pool.run(
    {
      modelId,
      params: {},
      input: { kind: 'tensors', tensors: [{ name: 'text', datatype: 'BYTES', shape: [4], data }] },
    },
    soon(),
  );
  const values = floatsOf(result.outputs[0]);
  const row = (index: number) => values.slice(index * 100, (index + 1) * 100);
  const similarity = (a: number, b: number) =>
    row(a).reduce((sum, value, at) => sum + value * (row(b)[at] ?? 0), 0);
  expect(similarity(0, 0)).toBeCloseTo(1, 5);
  expect(similarity(0, 1)).toBeGreaterThan(0.6);
  expect(similarity(2, 3)).toBeGreaterThan(0.6);
  expect(Math.max(similarity(0, 2), similarity(1, 3))).toBeLessThan(0.3);
  const single = await pool.run(
    { modelId, params: {}, input: { kind: 'text', prompt: texts[1] ?? '' } },
    soon(),
  );
  for (const [at, value] of floatsOf(single.outputs[0]).entries())
    expect(value).toBeCloseTo(row(1)[at] ?? 0, 5);
  expect(single.units).toBe(5);
}, 60_000);

it('refuses to compute more than was paid for, and says how much that is', async () => {
  const embedding = await serving('word-vectors/1');
  const data = packStrings(['How do I reset my password?', 'I forgot my login credentials']);
  const tensors = [{ name: 'text', datatype: 'BYTES', shape: [2], data }] as const;
  const embed = (maxUnits: number) =>
    embedding.pool.run(
      {
        modelId: embedding.modelId,
        params: { maxTokens: 1 },
        input: { kind: 'tensors', tensors },
        maxUnits,
      },
      soon(),
    );
  const { units } = await embed(100);
  await expect(embed(units - 1)).rejects.toMatchObject({
    code: 'P303',
    details: { units, paidUnits: units - 1 },
  });

  const vad = await serving('silero-vad/6');
  const sound = await fixture('speech.wav');
  await expect(
    vad.pool.run(
      {
        modelId: vad.modelId,
        params: {},
        input: {
          kind: 'tensors',
          tensors: [{ name: 'audio', datatype: 'UINT8', shape: [sound.byteLength], data: sound }],
        },
        maxUnits: 5,
      },
      soon(),
    ),
  ).rejects.toMatchObject({ code: 'P303', details: { units: 6, paidUnits: 5 } });
}, 60_000);

it('ends a text where its money ends', async () => {
  const { pool, modelId } = await serving('char-lm/1');
  const input = { kind: 'text', prompt: 'The provider ' } as const;
  const run = (maxUnits: number) =>
    pool.run({ modelId, params: { maxTokens: 20 }, input, maxUnits }, soon());
  expect((await run(7)).units).toBe(7);
  await expect(run(0)).rejects.toMatchObject({ code: 'P303' });
}, 60_000);

it('classifies a picture', async () => {
  const { pool, modelId } = await serving('pp-ocr-cls/2');
  const data = await fixture('line.png');
  const result = await pool.run(
    {
      modelId,
      params: {},
      input: {
        kind: 'tensors',
        tensors: [{ name: 'image', datatype: 'UINT8', shape: [data.byteLength], data }],
      },
    },
    soon(),
  );
  expect(result.text).toBe('upright');
  expect(floatsOf(result.outputs[1])[0]).toBeGreaterThan(0.8);
  const damaged = {
    name: 'image',
    datatype: 'UINT8',
    shape: [3],
    data: Uint8Array.of(1, 2, 3),
  } as const;
  await expect(
    pool.run({ modelId, params: {}, input: { kind: 'tensors', tensors: [damaged] } }, soon()),
  ).rejects.toMatchObject({ code: 'P303', details: { reason: 'the image is not a PNG' } });
}, 60_000);

it('one and two threads give the same bits', async () => {
  const outputs: string[] = [];
  for (const threads of [1, 2]) {
    const { pool, serve, close } = await setupPool({
      slots: 1,
      spare: 0,
      runtime: { executionProvider: 'cpu', optimisation: 'all', threads, tf32: false },
    });
    onTestFinished(close);
    const { modelId, manifest } = await serve('pp-ocr-v4-det/1');
    const [sample] = sampleTensors(manifest);
    if (!sample) throw new Error('the model has no input');
    const values = new Float32Array(sample.data.byteLength / 4).map(
      (_, at) => Math.sin(at / 11) * Math.cos(at / 907),
    );
    const tensors = [{ ...sample, data: new Uint8Array(values.buffer) }];
    const {
      outputs: [map],
    } = await pool.run({ modelId, params: {}, input: { kind: 'tensors', tensors } }, soon(60_000));
    outputs.push(
      createHash('sha256')
        .update(map?.data ?? '')
        .digest('hex'),
    );
  }
  expect(outputs[1]).toBe(outputs[0]);
}, 120_000);
