import type { WireParams } from './messages.ts';

/**
 * Picks a token from logits. Random numbers are a function of (seed, position), not of what was drawn before, so an
 * attempt that resumes at position n draws what the lost attempt would have drawn.
 */
export function createSampler(
  params: WireParams,
): (logits: Float32Array, position: number) => number {
  const temperature = params.temperature ?? 0;
  if (temperature <= 0) return (logits) => argmax(logits);
  const seed = BigInt.asUintN(64, BigInt(params.seed ?? '0'));
  return (logits, position) => {
    const ranked = softmax(rank(logits, params.topK ?? 0), temperature);
    return draw(cutTail(ranked, params.topP ?? 1), uniform(seed, position));
  };
}

interface Candidate {
  readonly token: number;
  readonly weight: number;
}

/** First of the largest, so that ties are the same everywhere. */
export function argmax(logits: Float32Array): number {
  let best = 0;
  for (let token = 1; token < logits.length; token++) {
    if ((logits[token] ?? Number.NEGATIVE_INFINITY) > (logits[best] ?? Number.NEGATIVE_INFINITY))
      best = token;
  }
  return best;
}

function rank(logits: Float32Array, topK: number): Candidate[] {
  const all = Array.from(logits, (weight, token) => ({ token, weight }));
  const sorted = all.sort((a, b) => b.weight - a.weight || a.token - b.token);
  return topK > 0 ? sorted.slice(0, topK) : sorted;
}

function softmax(candidates: readonly Candidate[], temperature: number): Candidate[] {
  const top = candidates[0]?.weight ?? 0;
  const raised = candidates.map(({ token, weight }) => ({
    token,
    weight: Math.exp((weight - top) / temperature),
  }));
  const total = raised.reduce((sum, { weight }) => sum + weight, 0);
  return raised.map(({ token, weight }) => ({ token, weight: weight / total }));
}

/** The likeliest tokens that together reach `topP`; always at least one. */
function cutTail(candidates: readonly Candidate[], topP: number): readonly Candidate[] {
  let sum = 0;
  const end = candidates.findIndex(({ weight }) => {
    sum += weight;
    return sum >= topP;
  });
  return end < 0 ? candidates : candidates.slice(0, end + 1);
}

function draw(candidates: readonly Candidate[], random: number): number {
  const total = candidates.reduce((sum, { weight }) => sum + weight, 0);
  let left = random * total;
  for (const { token, weight } of candidates) {
    left -= weight;
    if (left < 0) return token;
  }
  return candidates.at(-1)?.token ?? 0;
}

/** SplitMix64's mixer over seed and position; the top 53 bits make the fraction. */
function uniform(seed: bigint, position: number): number {
  let mixed = BigInt.asUintN(64, seed + BigInt(position + 1) * 0x9e3779b97f4a7c15n);
  mixed = BigInt.asUintN(64, (mixed ^ (mixed >> 30n)) * 0xbf58476d1ce4e5b9n);
  mixed = BigInt.asUintN(64, (mixed ^ (mixed >> 27n)) * 0x94d049bb133111ebn);
  return Number((mixed ^ (mixed >> 31n)) >> 11n) / 2 ** 53;
}
