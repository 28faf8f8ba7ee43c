import { expect, it } from 'vitest';
import type { Decoder } from '../decoder.ts';
import type { TaskJob } from '../task.ts';
import { createGenerationTask } from './generation-task.ts';

const LIMITS = { defaultMaxTokens: 30, maxTokens: 50, maxPromptChars: 100 };
const LOGITS = Float32Array.of(0, 1, 0);

/** A model that always says `b`, and what it is asked on the way. */
function setup(onStep: (step: number) => void = () => undefined, stopTokens: number[] = []) {
  const said: string[] = [];
  const encoded: number[] = [];
  let step = 0;
  const next = async () => {
    onStep(step++);
    return LOGITS;
  };
  const decoder: Decoder = {
    contextLength: 40,
    stopTokens: new Set(stopTokens),
    encode: () => [0],
    encodeContinuation: (_, delivered) => {
      encoded.push(delivered.length);
      return [];
    },
    textStream: () => ({ push: () => 'b', flush: () => '' }),
    start: async () => ({ logits: await next(), next }),
  };
  const task = createGenerationTask(decoder, LIMITS);
  const run = async (job: Partial<TaskJob>) => {
    const whole = { job: 1, prompt: 'a', params: {}, tensors: [], cancelled: () => false, ...job };
    const [outcome] = await task.run([whole], (_, text) => said.push(text));
    return outcome;
  };
  return { run, said, encoded };
}

it('a text that is stopped while its prompt is read has no units and says nothing', async () => {
  let stopped = false;
  const { run, said } = setup(() => {
    stopped = true;
  });
  const outcome = await run({ cancelled: () => stopped });
  expect(outcome).toMatchObject({ units: 0, text: '', fingerprint: new Float32Array(0) });
  expect(said).toEqual([]);
});

it('a text that is stopped later has the units it said', async () => {
  let stopped = false;
  const { run, said } = setup((step) => {
    stopped = step === 3;
  });
  expect(await run({ cancelled: () => stopped })).toMatchObject({
    units: 3,
    text: 'bbb',
    cut: true,
  });
  expect(said).toEqual(['b', 'b', 'b']);
});

it.each([
  ['its tokens', 3, { params: { maxTokens: 3 } }, []],
  ['its money', 3, { maxUnits: 3 }, []],
  ['a stop word', 3, { params: { stop: ['bbb'] } }, []],
  ['what the model has to say', 1, {}, [1]],
])(
  'a text that is at the end of %s when it is stopped was not cut',
  async (_, units, job, ends) => {
    const { run } = setup(undefined, ends);
    let looks = 0;
    const cancelled = () => looks++ >= units;
    expect(await run({ ...job, cancelled })).toMatchObject({ units, cut: false });
  },
);

it.each([
  ['a job that says how many tokens it may have', { maxTokens: 20 }, 2_560],
  ['a job that does not say', {}, 3_840],
  ['a job that may have more than the model’s context', { maxTokens: 50 }, 6_400],
  ['a job that asks for more than the model gives', { maxTokens: 1_000 }, 6_400],
  ['a job of very few tokens, since one can be long', { maxTokens: 1 }, 1_024],
])('reads no more delivered text than could come from %s', async (_, params, limitCharacters) => {
  const { run, encoded } = setup();
  await run({ params: { ...params, deliveredPrefix: 'x'.repeat(limitCharacters) } });
  expect(encoded).toEqual([limitCharacters]);
  const characters = limitCharacters + 1;
  const outcome = await run({ params: { ...params, deliveredPrefix: 'x'.repeat(characters) } });
  expect(outcome).toMatchObject({
    code: 'P303',
    details: { input: 'deliveredPrefix', characters, limitCharacters },
  });
  expect(encoded).toHaveLength(1);
});
