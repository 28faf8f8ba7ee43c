import { expect, it, onTestFinished } from 'vitest';
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
