import { expect, it } from 'vitest';
import { createSampler } from './sampler.ts';

const logits = Float32Array.of(1, 3, 2, 3, -1);

it('is greedy without a temperature, the first of equals winning', () => {
  expect(createSampler({})(logits, 0)).toBe(1);
});

it('draws by (seed, position) alone', () => {
  const sample = createSampler({ temperature: 1, seed: '42' });
  const again = createSampler({ temperature: 1, seed: '42' });
  const forward = Array.from({ length: 50 }, (_, position) => sample(logits, position));
  const backward = Array.from({ length: 50 }, (_, position) =>
    again(logits, 49 - position),
  ).reverse();
  expect(backward).toEqual(forward);
  expect(new Set(forward).size).toBeGreaterThan(2);
});

it('draws in proportion to the softmax', () => {
  const sample = createSampler({ temperature: 1, seed: '1' });
  const counts = new Array<number>(5).fill(0);
  for (let position = 0; position < 20_000; position++) {
    const token = sample(logits, position);
    counts[token] = (counts[token] ?? 0) + 1;
  }
  const weights = [...logits].map(Math.exp);
  const total = weights.reduce((a, b) => a + b, 0);
  for (const [token, weight] of weights.entries())
    expect((counts[token] ?? 0) / 20_000).toBeCloseTo(weight / total, 1);
});

it('topK and topP cut the tail', () => {
  const drawn = (params: object) =>
    new Set(
      Array.from({ length: 500 }, (_, position) =>
        createSampler({ temperature: 5, seed: '9', ...params })(logits, position),
      ),
    );
  expect([...drawn({ topK: 2 })].sort()).toEqual([1, 3]);
  expect([...drawn({ temperature: 1, topP: 0.5 })].sort()).toEqual([1, 3]);
});
