/**
 * Trains the character model from scratch: `node train.ts`. Forward, backward and Adam are one ONNX graph, so nothing
 * but ONNX Runtime is needed. Seeded and single-threaded: the same machine class gives the same file.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tensor } from '@assay/wire';
import { floats, writeModel } from '../../src/bundle/onnx/write-model.ts';
import { openSession } from '../../src/inference/onnx-session.ts';
import { fromOrtTensor, toOrtTensor } from '../../src/inference/ort-tensor.ts';
import { makeCorpus } from './training/make-corpus.ts';
import { BATCH, inferenceGraph, SHAPE, trainingGraph, weightsOf } from './training/network.ts';
import { createRandom, type Random } from './training/random.ts';

const SEED = 20_261_122;
const STEPS = Number(process.argv[2] ?? 6_000);
const PEAK_RATE = 3e-3;
const WARM_UP = 100;
const target = join(import.meta.dirname, '1');

const random = createRandom(SEED);
const corpus = makeCorpus(random);
const characters = [...new Set(corpus)].sort().join('');
const vocabulary = [...characters].length + 1;
const encoded = encode(corpus, characters);
const weights = weightsOf(vocabulary);
let state = initialState(random);

const scratch = mkdtempSync(join(tmpdir(), 'assay-train-'));
const graphFile = join(scratch, 'train.onnx');
writeFileSync(graphFile, writeModel(trainingGraph(vocabulary)));
const session = await openSession(graphFile, {
  executionProvider: 'cpu',
  optimisation: 'all',
  threads: 1,
  tf32: false,
});

let smoothed = 0;
for (let step = 1; step <= STEPS; step++) {
  const feeds = [
    ...batch(random),
    {
      name: 'rate',
      datatype: 'FP32',
      shape: [],
      data: bytesOf(Float32Array.of(rateAt(step))),
    } satisfies Tensor,
    ...state,
  ];
  const results = await session.run(
    Object.fromEntries(feeds.map((tensor) => [tensor.name, toOrtTensor(tensor)])),
  );
  const outputs = Object.entries(results).map(([name, tensor]) => fromOrtTensor(name, tensor));
  state = outputs
    .filter(({ name }) => name.endsWith("'"))
    .map((tensor) => ({ ...tensor, name: tensor.name.slice(0, -1) }));
  const loss = new Float32Array((results.loss?.data as Float32Array) ?? [])[0] ?? Number.NaN;
  smoothed = step === 1 ? loss : 0.98 * smoothed + 0.02 * loss;
  if (step % 250 === 0)
    console.log(`step ${step}: ${(smoothed / Math.LN2).toFixed(3)} bits per character`);
}
rmSync(scratch, { recursive: true });
ship();

function encode(text: string, alphabet: string): Uint8Array {
  const tokenOf = new Map([...alphabet].map((character, index) => [character, index + 1]));
  return Uint8Array.from([...text], (character) => tokenOf.get(character) ?? 0);
}

/** Half-width normal noise scaled by fan-in for matrices, zero for biases and moments. */
function initialState(draw: Random): Tensor[] {
  return weights.flatMap(({ name, shape }) => {
    const size = shape.reduce((product, dimension) => product * dimension, 1);
    const spread =
      shape.length === 1 ? 0 : name === 'embedding' ? 0.3 : Math.sqrt(2 / (shape[0] ?? 1));
    const values = Float32Array.from(
      { length: size },
      () => spread * (draw() + draw() + draw() + draw() - 2) * Math.sqrt(3),
    );
    const tensor = (kind: string, data: Float32Array): Tensor => ({
      name: kind + name,
      datatype: 'FP32',
      shape,
      data: bytesOf(data),
    });
    return [
      tensor('', values),
      tensor('m.', new Float32Array(size)),
      tensor('v.', new Float32Array(size)),
    ];
  });
}

/** Places in the corpus, the window before each; one in 16 has its beginning blanked, as short prompts have. */
function batch(draw: Random): Tensor[] {
  const tokens = new BigInt64Array(BATCH * SHAPE.window);
  const targets = new BigInt64Array(BATCH);
  for (let row = 0; row < BATCH; row++) {
    const at = SHAPE.window + Math.floor(draw() * (encoded.length - SHAPE.window));
    const blank = draw() < 1 / 16 ? Math.floor(draw() * SHAPE.window) : 0;
    for (let index = blank; index < SHAPE.window; index++)
      tokens[row * SHAPE.window + index] = BigInt(encoded[at - SHAPE.window + index] ?? 0);
    targets[row] = BigInt(encoded[at] ?? 0);
  }
  return [
    { name: 'tokens', datatype: 'INT64', shape: [BATCH, SHAPE.window], data: bytesOf(tokens) },
    { name: 'targets', datatype: 'INT64', shape: [BATCH], data: bytesOf(targets) },
  ];
}

/** Warm-up, then a cosine to zero, times Adam's bias correction. */
function rateAt(step: number): number {
  const decay = 0.5 * (1 + Math.cos((Math.PI * step) / STEPS));
  const correction = Math.sqrt(1 - 0.99 ** step) / (1 - 0.9 ** step);
  return PEAK_RATE * Math.min(1, step / WARM_UP) * decay * correction;
}

function bytesOf(values: Float32Array | BigInt64Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function ship(): void {
  const trained = weights.map(({ name, shape }) => {
    const data = state.find((tensor) => tensor.name === name)?.data ?? new Uint8Array();
    return floats(name, shape, new Float32Array(data.slice().buffer));
  });
  mkdirSync(target, { recursive: true });
  const files = [
    write('model.onnx', 'model', writeModel(inferenceGraph(vocabulary, trained))),
    write('characters.json', 'tokenizer', Buffer.from(`${JSON.stringify({ characters })}\n`)),
  ];
  writeFileSync(join(target, 'manifest.json'), `${JSON.stringify(manifest(files), null, 2)}\n`);
}

function write(path: string, role: string, bytes: Buffer): object {
  writeFileSync(join(target, path), bytes);
  return {
    path,
    role,
    sha256: `0x${createHash('sha256').update(bytes).digest('hex')}`,
    bytes: bytes.byteLength,
  };
}

function manifest(files: readonly object[]): object {
  return {
    name: 'char-lm',
    version: '1',
    task: 'text-generation',
    description:
      'A small character language model, trained by a script of this project on its own prose.',
    tags: ['text', 'language-model', 'small'],
    unit: 'token',
    licence: 'Apache-2.0',
    files,
    inputs: [{ name: 'prompt', datatype: 'BYTES', shape: [1] }],
    outputs: [
      { name: 'text', datatype: 'BYTES', shape: [1] },
      { name: 'tokens', datatype: 'INT32', shape: [-1] },
    ],
    opset: 17,
    ops: ['ai.onnx:Gather', 'ai.onnx:Gemm', 'ai.onnx:Relu', 'ai.onnx:Reshape'],
    peakMemoryBytes: 128 * 1024 ** 2,
    parameters: {
      decoder: 'window',
      defaultMaxTokens: 160,
      maxTokens: 4_096,
      maxPromptChars: 16_384,
    },
    // Measured afterwards: `assay-model check --write`.
    classes: [],
  };
}
