import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JobResult, Session } from '@assay/client';
import type { Hex, Network, Tensor } from '@assay/wire';
import { ROOT } from '../parts/node-process.ts';

type Note = (detail: string) => void;

const fixture = (name: string) => readFileSync(join(ROOT, 'provider/models/fixtures', name));

/** A PNG of a line of text in, the text out. */
export async function readLine(session: Session, network: Network, note: Note): Promise<JobResult> {
  const result = await session.run({
    target: { modelId: modelId(network, 'pp-ocr-v4-rec') },
    input: { tensors: [bytesTensor('image', fixture('line.png'))] },
  });
  const text = textOf(result);
  if (text === '') throw new Error('the picture was read as empty');
  note(`"${text}", ${result.price} units of 1e-6 USD`);
  return result;
}

/** A WAV with speech in, its segments in seconds out. */
export async function findSpeech(
  session: Session,
  network: Network,
  note: Note,
): Promise<JobResult> {
  const result = await session.run({
    target: { modelId: modelId(network, 'silero-vad') },
    input: { tensors: [bytesTensor('audio', fixture('speech.wav'))] },
  });
  const [start, end] = [floats(result, 'start'), floats(result, 'end')];
  if (start.length === 0) throw new Error('no speech was found');
  const segments = start.map((from, index) => `${from.toFixed(2)}-${end[index]?.toFixed(2)} s`);
  note(`${segments.join(', ')}; ${result.price} units of 1e-6 USD`);
  return result;
}

export function modelId(network: Network, name: string): Hex {
  const id = network.models[name];
  if (id === undefined) throw new Error(`this network has no model ${name}`);
  return id as Hex;
}

function bytesTensor(name: string, data: Uint8Array): Tensor {
  return { name, datatype: 'UINT8', shape: [data.byteLength], data };
}

/** Text comes as text; BYTES elements carry a 4-byte length each. */
function textOf({ text, tensors }: JobResult): string {
  if (text !== '') return text;
  const data = bytesOf(tensors, 'text');
  return data === undefined ? '' : data.subarray(4).toString('utf8');
}

function floats({ tensors }: JobResult, name: string): number[] {
  const data = bytesOf(tensors, name);
  if (data === undefined) return [];
  return Array.from({ length: data.length / 4 }, (_, index) => data.readFloatLE(index * 4));
}

function bytesOf(tensors: JobResult['tensors'], wanted: string): Buffer | undefined {
  const tensor = tensors.find(({ name }) => name === wanted);
  return tensor !== undefined && 'data' in tensor ? Buffer.from(tensor.data) : undefined;
}
