import { LINK_LIMITS, LONGEST_PREFIX, LONGEST_PROMPT } from '@assay/wire';
import { expect, it } from 'vitest';
import { encodeFrame, FrameReader } from '../../inference/frame.ts';
import { checkWords } from './check-words.ts';
import type { GenerationParams } from './slot-types.ts';

const control = (length: number) => '\u0001'.repeat(length);
const LONGEST = { prompt: control(LONGEST_PROMPT), deliveredPrefix: control(LONGEST_PREFIX) };
const checkText = (prompt: string, params: GenerationParams = {}) =>
  checkWords({ input: { kind: 'text', prompt }, params });
const checkTensors = (params: GenerationParams) =>
  checkWords({ input: { kind: 'tensors', tensors: [] }, params });
const refusal = (limitBytes: number) =>
  expect.objectContaining({ code: 'P303', details: expect.objectContaining({ limitBytes }) });

it('takes the longest prompt and prefix of the market, and a juror its tokens too', () => {
  const { prompt, deliveredPrefix } = LONGEST;
  const forcedTokens = Array<number>(80_000).fill(999_999);
  expect(() => checkText(prompt, { deliveredPrefix, forcedTokens })).not.toThrow();
});

it('refuses a prompt beyond the market’s limit, in bytes', () => {
  expect(() => checkText('é'.repeat(LONGEST_PROMPT / 2))).not.toThrow();
  expect(() => checkText('é'.repeat(LONGEST_PROMPT / 2 + 1))).toThrow(refusal(LONGEST_PROMPT));
});

it('what it takes fits a frame that a child reads, to the last byte', () => {
  const { prompt, deliveredPrefix } = LONGEST;
  const paramsOf = (length: number) => ({ deliveredPrefix, seed: 'x'.repeat(length) });
  const limit = 8 * 1024 ** 2 - LINK_LIMITS.metaBytes;
  const empty = Buffer.byteLength(JSON.stringify({ prompt, params: paramsOf(0) }));
  const params = paramsOf(limit - empty);
  expect(() => checkText(prompt, params)).not.toThrow();
  expect(() => checkText(prompt, paramsOf(limit - empty + 1))).toThrow(refusal(limit));
  const job = { job: Number.MAX_SAFE_INTEGER, prompt, params, maxUnits: 1e21, tensors: 0 };
  const frames = encodeFrame({ type: 'run', jobs: [job] }).flatMap((part) => [
    ...new FrameReader().push(part),
  ]);
  expect(frames).toHaveLength(1);
});

it('gives a job with tensors no more parameters than a ticket holds: it shares its frame', () => {
  expect(() => checkTensors({ stop: ['a'], deliveredPrefix: 'x'.repeat(60_000) })).not.toThrow();
  expect(() => checkTensors({ deliveredPrefix: control(60_000) })).toThrow(
    refusal(LINK_LIMITS.metaBytes),
  );
});
