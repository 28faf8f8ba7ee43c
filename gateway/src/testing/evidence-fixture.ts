import { randomBytes } from 'node:crypto';
import {
  type DisputeTerms,
  type Domain,
  deliveredTensors,
  digestOf,
  type Evidence,
  type Hex,
  inputRoot,
  outputRoot,
  promptTensor,
  toHex,
} from '@assay/wire';

/** Evidence of a job that never ran, with the roots that belong to it, and what a chain would say of its dispute. */
export function makeEvidence(domain: Domain): {
  ticket: Hex;
  evidence: Evidence;
  terms: DisputeTerms;
} {
  const random = (bytes: number): Hex => toHex(randomBytes(bytes));
  const ticket = random(32);
  const input = [promptTensor('the prompt of somebody')];
  const salt = randomBytes(16);
  const root = inputRoot(salt, { maxTokens: 3 }, input);
  const hashes = {
    ticket,
    execClass: random(32),
    inputRoot: root,
    outputRoot: outputRoot(deliveredTensors('an answer', [])),
    fingerprintHash: random(32),
  };
  const receipt = { units: 3n, price: 7n, startedAt: 1n, finishedAt: 2n };
  const modelId = random(32);
  return {
    ticket,
    evidence: {
      modelId,
      receipt: { ...hashes, units: '3', price: '7', startedAt: '1', finishedAt: '2' } as never,
      inputSalt: toHex(salt),
      params: { maxTokens: 3 },
      input,
      text: 'an answer',
      output: [],
    },
    terms: {
      modelId,
      receipt: digestOf(domain, 'Receipt', { ...hashes, ...receipt }),
      inputRoot: root,
    },
  };
}
