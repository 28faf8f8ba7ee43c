import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Manifest } from '@assay/wire';
import { expect, it, onTestFinished } from 'vitest';
import { buildTinyDecoder } from '../../../models/tiny-decoder/build.ts';
import { openSession } from '../onnx-session.ts';
import { createCacheDecoder } from './cache-decoder.ts';

const RUNTIME = { executionProvider: 'cpu', optimisation: 'all', threads: 1, tf32: false } as const;

async function setup() {
  const directory = await mkdtemp(join(tmpdir(), 'assay-decoder-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  await buildTinyDecoder(directory);
  const file = (path: string, role: string) => ({ path, role, sha256: '0x', bytes: 1 });
  const files = [
    file('onnx/model.onnx', 'model'),
    file('config.json', 'config'),
    file('tokenizer.json', 'tokenizer'),
  ];
  const manifest = { task: 'text-generation', files, parameters: {} } as unknown as Manifest;
  const session = await openSession(join(directory, 'onnx/model.onnx'), RUNTIME);
  return createCacheDecoder({ manifest, directory, session, runtime: RUNTIME });
}

it('a token against the cache gives the logits of the whole prompt in one pass', async () => {
  const decoder = await setup();
  const tokens = decoder.encode('Trust, but verify. Überprüfen!');
  const whole = (await decoder.start(tokens)).logits;
  const run = await decoder.start(tokens.slice(0, 3));
  let last = run.logits;
  for (const token of tokens.slice(3)) last = await run.next(token);
  expect(whole).toHaveLength(257);
  expect(Math.max(...whole) - Math.min(...whole)).toBeGreaterThan(1);
  for (const [index, value] of whole.entries()) expect(last[index]).toBeCloseTo(value, 3);
});

it('reads stop token and context length from config.json', async () => {
  const decoder = await setup();
  expect([...decoder.stopTokens]).toEqual([256]);
  expect(decoder.contextLength).toBe(256);
});

it('the continuation of a prompt has the tokens the joined text has', async () => {
  const decoder = await setup();
  expect([...decoder.encode('ab'), ...decoder.encodeContinuation('ab', 'cd')]).toEqual([
    ...decoder.encode('abcd'),
  ]);
  expect(decoder.encodeContinuation('ab', '')).toEqual([]);
});
