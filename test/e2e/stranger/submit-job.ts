import { readFileSync } from 'node:fs';
import type { Network } from '@assay/wire';
import { type Answer, ask, data } from './graphql.ts';

export const SUBMIT_JOB = `mutation ($intent: IntentInput!, $input: JobInput!, $key: ID) {
  submitJob(intent: $intent, input: $input, idempotencyKey: $key) { id status }
}`;

export interface Bearer {
  readonly token: string;
}

/** Submits a job that must be accepted; answers its id. */
export async function submitJob(
  network: Network,
  { token }: Bearer,
  variables: Readonly<Record<string, unknown>>,
): Promise<string> {
  const { submitJob: job } = await data(network.graphql, { query: SUBMIT_JOB, variables }, token);
  return job.id;
}

/** Submits a job that may be refused. */
export function trySubmit(
  network: Network,
  token: string | undefined,
  variables: Readonly<Record<string, unknown>>,
): Promise<Answer> {
  return ask(network.graphql, { query: SUBMIT_JOB, variables }, token);
}

const fixture = (name: string) =>
  readFileSync(new URL(`../../../provider/models/fixtures/${name}`, import.meta.url));

/** A file as the one UINT8 tensor that a model takes. */
function bytesJob(model: string | undefined, name: string, bytes: Buffer) {
  const data = { base64: bytes.toString('base64') };
  return {
    intent: { target: { modelId: model } },
    input: { tensors: [{ name, datatype: 'UINT8', shape: [bytes.length], data }] },
  };
}

export const ocrJob = (network: Network) =>
  bytesJob(network.models['pp-ocr-v4-rec'], 'image', fixture('line.png'));

export const vadJob = (network: Network) =>
  bytesJob(network.models['silero-vad'], 'audio', fixture('speech.wav'));

export const textJob = (network: Network, maxTokens = 60, more: object = {}) => ({
  intent: { target: { modelId: network.models['char-lm'] }, ...more },
  input: { text: { prompt: 'The provider ', maxTokens, temperature: 0.7, seed: '7' } },
});
