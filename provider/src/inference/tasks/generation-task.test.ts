import { expect, it } from 'vitest';
import type { Decoder } from '../decoder.ts';
import type { TaskJob } from '../task.ts';
import { createGenerationTask } from './generation-task.ts';

const LIMITS = { defaultMaxTokens: 10, maxTokens: 10, maxPromptChars: 100 };
const LOGITS = Float32Array.of(0, 1, 0);

/** A model that always says `b`, and what it is asked on the way. */
function setup(onStep: (step: number) => void) {
  const said: string[] = [];
  let step = 0;
  const next = async () => {
    onStep(step++);
    return LOGITS;
  };
  const decoder: Decoder = {
    contextLength: 100,
    stopTokens: new Set(),
    encode: () => [0],
    encodeContinuation: () => [],
    textStream: () => ({ push: () => 'b', flush: () => '' }),
    start: async () => ({ logits: await next(), next }),
  };
  const task = createGenerationTask(decoder, LIMITS);
  const run = async (job: Partial<TaskJob>) => {
    const whole = { job: 1, prompt: 'a', params: {}, tensors: [], cancelled: () => false, ...job };
    const [outcome] = await task.run([whole], (_, text) => said.push(text));
    return outcome;
  };
  return { run, said };
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
  expect(await run({ cancelled: () => stopped })).toMatchObject({ units: 3, text: 'bbb' });
  expect(said).toEqual(['b', 'b', 'b']);
});
