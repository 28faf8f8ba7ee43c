import type { Manifest, Tensor } from '@assay/wire';
import { encode as encodePng } from 'fast-png';
import { sampleTensors } from '../inference/sample-tensors.ts';
import { packStrings } from '../inference/string-tensor.ts';
import type { LoadedBundle, RunRequest } from '../supervisor/slots/slot-types.ts';

const TEXTS = [
  'The quick brown fox jumps over the lazy dog.',
  'Assay tests what a thing is made of.',
  '1, 2, 3: the answer is',
  'Trust is measured in receipts.',
];

/** Made-up but lively inputs for a model: noise for tensors, stripes for pictures, tones for sounds, sentences for text. */
export function sampleRequests({ modelId, manifest }: LoadedBundle, count: number): RunRequest[] {
  return Array.from({ length: count }, (_, index) => ({
    modelId,
    ...requestOf(manifest, index + 1),
  }));
}

function requestOf(manifest: Manifest, seed: number): Omit<RunRequest, 'modelId'> {
  const text = TEXTS[seed % TEXTS.length] ?? '';
  const tensors = (...all: Tensor[]) =>
    ({ input: { kind: 'tensors', tensors: all }, params: {} }) as const;
  switch (manifest.task) {
    case 'text-generation':
      return { input: { kind: 'text', prompt: text }, params: { maxTokens: 32 } };
    case 'embedding':
      return tensors({ name: 'text', datatype: 'BYTES', shape: [1], data: packStrings([text]) });
    case 'ocr':
    case 'image-classification':
      return tensors(bytesTensor('image', picture(seed)));
    case 'vad':
      return tensors(bytesTensor('audio', sound(seed)));
    case 'tensor':
      return tensors(...sampleTensors(manifest).map((tensor) => withNoise(tensor, manifest, seed)));
  }
}

function bytesTensor(name: string, data: Uint8Array): Tensor {
  return { name, datatype: 'UINT8', shape: [data.byteLength], data };
}

/** Floats get noise of about unit size; other types keep the sample's value, which the manifest may set. */
function withNoise(tensor: Tensor, manifest: Manifest, seed: number): Tensor {
  if (tensor.datatype !== 'FP32' || manifest.parameters[`sampleValue.${tensor.name}`] === 0)
    return tensor;
  const random = noise(seed);
  const values = Float32Array.from(
    { length: tensor.data.byteLength / 4 },
    () => random() + random() + random() - 1.5,
  );
  return { ...tensor, data: new Uint8Array(values.buffer) };
}

function picture(seed: number): Uint8Array {
  const [width, height] = [320, 48];
  const random = noise(seed);
  const data = Uint8Array.from(
    { length: width * height },
    (_, at) =>
      (Math.sin((at % width) / (3 + seed)) * Math.cos(at / width / 5) > 0.2 ? 20 : 235) +
      random() * 20,
  );
  return encodePng({ width, height, data, channels: 1, depth: 8 });
}

function sound(seed: number): Uint8Array {
  const [rate, seconds] = [16_000, 2];
  const random = noise(seed);
  const wav = Buffer.alloc(44 + rate * seconds * 2);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(wav.byteLength - 8, 4);
  wav.write('WAVEfmt ', 8);
  for (const [offset, value] of [
    [16, 16],
    [24, rate],
    [28, rate * 2],
    [40, rate * seconds * 2],
  ] as const)
    wav.writeUInt32LE(value, offset);
  for (const [offset, value] of [
    [20, 1],
    [22, 1],
    [32, 2],
    [34, 16],
  ] as const)
    wav.writeUInt16LE(value, offset);
  wav.write('data', 36);
  for (let at = 0; at < rate * seconds; at++) {
    const voice =
      Math.sin((at / rate) * 2 * Math.PI * (120 + 20 * seed)) *
      Math.max(0, Math.sin((at / rate) * 9));
    wav.writeInt16LE(Math.round(8_000 * (voice + (random() - 0.5) / 4)), 44 + at * 2);
  }
  return wav;
}

function noise(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b1) >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
