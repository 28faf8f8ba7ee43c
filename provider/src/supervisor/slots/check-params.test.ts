import { expect, it } from 'vitest';
import { checkParams } from './check-params.ts';

it('accepts what a sampler can follow', () => {
  expect(() => checkParams({})).not.toThrow();
  expect(() =>
    checkParams({
      maxTokens: 1,
      temperature: 0.7,
      topK: 0,
      topP: 1,
      stop: ['\n'],
      seed: '18446744073709551615',
      deliveredPrefix: '',
    }),
  ).not.toThrow();
});

it.each([
  [{ temperature: Number.NaN }, 'temperature'],
  [{ temperature: -1 }, 'temperature'],
  [{ topP: 0 }, 'topP'],
  [{ maxTokens: 0 }, 'maxTokens'],
  [{ maxTokens: 1.5 }, 'maxTokens'],
  [{ seed: '18446744073709551616' }, 'seed'],
  [{ seed: 'seven' }, 'seed'],
  [{ stop: new Array<string>(17).fill('x') }, 'stop'],
  [{ forcedTokens: [-1] }, 'forcedTokens.0'],
])('refuses %j', (params, parameter) => {
  expect(() => checkParams(params)).toThrow(
    expect.objectContaining({ code: 'P303', details: expect.objectContaining({ parameter }) }),
  );
});
