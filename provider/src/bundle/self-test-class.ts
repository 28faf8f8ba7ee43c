import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AssayError, type Tensor } from '@assay/wire';
import { pino } from 'pino';
import type { RuntimeOptions } from '../inference/messages.ts';
import { createSlotPool } from '../supervisor/slots/slot-pool.ts';
import { createBundleStore } from './bundle-store.ts';
import { hashFile } from './hash-file.ts';
import { ELEMENT, type Element, floats, writeModel } from './onnx/write-model.ts';

export interface ClassSelfTest {
  /** `reduced`: products are rounded below FP32 (TF32, BF16 or FP16 inputs), which is another class. */
  readonly matrixProducts: 'fp32' | 'reduced';
  /** `saturate`: unsigned times signed 8-bit overflows 16 bits inside the processor; int8 models must avoid full range. */
  readonly eightBitProducts: 'exact' | 'saturate';
  /** `optimised`: the runtime fuses operators before it runs them, which changes the rounding. */
  readonly graph: 'optimised' | 'as written';
}

const NAME = 'self-test';
const ROWS = 16;
const DEPTH = 144;
const UNIT_ROUNDOFF = 2 ** -24;
const DEADLINE_MS = 60_000;
/** A convolution of one weight, then a factor: fused, the two are multiplied first. */
const WEIGHT = Math.fround(1.1);
const FACTOR = Math.fround(1.3);

/** Finds out by computing what arithmetic this machine really does under these options. Throws what the runtime refuses. */
export async function selfTestClass(runtime: RuntimeOptions): Promise<ClassSelfTest> {
  const root = await mkdtemp(join(tmpdir(), 'assay-self-test-'));
  const store = createBundleStore(join(root, 'store'));
  const log = pino({ level: 'silent' });
  const { modelsDir } = store;
  const pool = createSlotPool({
    slots: 1,
    spare: 0,
    modelsDir,
    runDir: join(root, 'run'),
    log,
    runtime,
  });
  try {
    const stored = await store.importDirectory(await writeBundle(join(root, NAME)));
    const modelId = stored.manifestHash;
    await pool.load({ ...stored, modelId });
    const { outputs } = await pool.run(
      { modelId, params: {}, input: { kind: 'tensors', tensors: INPUTS } },
      { deadline: Date.now() + DEADLINE_MS },
    );
    const bytes = (name: string) => bytesOf(outputs, name);
    return {
      matrixProducts: judgeFloats(new Float32Array(bytes('floats'))),
      eightBitProducts: judgeIntegers(new Int32Array(bytes('integers'))),
      graph: judgeFusion(new Float32Array(bytes('fused'))),
    };
  } finally {
    await pool.close();
    await rm(root, { recursive: true, force: true });
  }
}

const lively = (at: number): number => Math.fround(Math.sin(at * 12.9898) + 0.1 * Math.cos(at));
const A = Float32Array.from({ length: ROWS * DEPTH }, (_, at) => lively(at));
const B = Float32Array.from({ length: DEPTH * ROWS }, (_, at) => lively(at + 7_777));
const C = new Uint8Array(ROWS * DEPTH).fill(255);
const D = Int8Array.from({ length: DEPTH * ROWS }, (_, at) => (at % 3 === 0 ? -128 : 127));
const INPUTS: readonly Tensor[] = [
  tensor('a', 'FP32', [ROWS, DEPTH], A),
  tensor('b', 'FP32', [DEPTH, ROWS], B),
  tensor('c', 'UINT8', [ROWS, DEPTH], C),
  tensor('d', 'INT8', [DEPTH, ROWS], D),
  tensor('x', 'FP32', [1, 1, ROWS, DEPTH], A),
];

const OUTPUTS = [
  { name: 'floats', datatype: 'FP32', shape: [ROWS, ROWS] },
  { name: 'integers', datatype: 'INT32', shape: [ROWS, ROWS] },
  { name: 'fused', datatype: 'FP32', shape: [1, 1, ROWS, DEPTH] },
] as const;

/** A product off by more than any order of FP32 additions can be was not computed in FP32. */
function judgeFloats(product: Float32Array): ClassSelfTest['matrixProducts'] {
  const gamma = (DEPTH * UNIT_ROUNDOFF) / (1 - DEPTH * UNIT_ROUNDOFF);
  for (let at = 0; at < ROWS * ROWS; at++) {
    const { sum, magnitude } = exactDot(A, B, at);
    if (!(Math.abs((product[at] ?? Number.NaN) - sum) <= gamma * magnitude)) return 'reduced';
  }
  return 'fp32';
}

function judgeIntegers(product: Int32Array): ClassSelfTest['eightBitProducts'] {
  const isExact = product.every((value, at) => value === exactDot(C, D, at).sum);
  return isExact ? 'exact' : 'saturate';
}

function judgeFusion(scaled: Float32Array): ClassSelfTest['graph'] {
  const asWritten = A.every(
    (x, at) => scaled[at] === Math.fround(Math.fround(x * WEIGHT) * FACTOR),
  );
  return asWritten ? 'as written' : 'optimised';
}

function exactDot(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  at: number,
): { readonly sum: number; readonly magnitude: number } {
  const [row, column] = [Math.floor(at / ROWS), at % ROWS];
  let sum = 0;
  let magnitude = 0;
  for (let step = 0; step < DEPTH; step++) {
    const term = (a[row * DEPTH + step] ?? 0) * (b[step * ROWS + column] ?? 0);
    sum += term;
    magnitude += Math.abs(term);
  }
  return { sum, magnitude };
}

function tensor(
  name: string,
  datatype: Tensor['datatype'],
  shape: number[],
  { buffer }: { readonly buffer: ArrayBufferLike },
): Tensor {
  return { name, datatype, shape, data: new Uint8Array(buffer) };
}

function bytesOf(outputs: readonly Tensor[], name: string): ArrayBuffer {
  const output = outputs.find((candidate) => candidate.name === name);
  if (output) return Uint8Array.from(output.data).buffer;
  throw new AssayError('P300', { details: { reason: 'the self-test gave no output', name } });
}

async function writeBundle(directory: string): Promise<string> {
  const value = (name: string, element: Element, shape: readonly number[]) => ({
    name,
    element,
    shape,
  });
  const one = (name: string, number: number) => floats(name, [1, 1, 1, 1], Float32Array.of(number));
  const graph = {
    inputs: INPUTS.map(({ name, datatype, shape }) =>
      value(
        name,
        datatype === 'FP32' ? ELEMENT.float : datatype === 'UINT8' ? ELEMENT.uint8 : ELEMENT.int8,
        shape,
      ),
    ),
    outputs: OUTPUTS.map(({ name, datatype, shape }) =>
      value(name, datatype === 'FP32' ? ELEMENT.float : ELEMENT.int32, shape),
    ),
    operations: [
      { type: 'MatMul', inputs: ['a', 'b'], outputs: ['floats'] },
      { type: 'MatMulInteger', inputs: ['c', 'd'], outputs: ['integers'] },
      { type: 'Conv', inputs: ['x', 'weight'], outputs: ['weighted'] },
      { type: 'Mul', inputs: ['weighted', 'factor'], outputs: ['fused'] },
    ],
    initializers: [one('weight', WEIGHT), one('factor', FACTOR)],
  };
  await mkdir(directory);
  await writeFile(join(directory, 'model.onnx'), writeModel(graph));
  const manifest = {
    name: NAME,
    version: '1',
    task: 'tensor',
    unit: 'request',
    licence: 'Apache-2.0',
    files: [
      { path: 'model.onnx', role: 'model', ...(await hashFile(join(directory, 'model.onnx'))) },
    ],
    inputs: INPUTS.map(({ name, datatype, shape }) => ({ name, datatype, shape })),
    outputs: OUTPUTS,
    opset: 17,
    ops: graph.operations.map(({ type }) => `ai.onnx:${type}`),
    peakMemoryBytes: 64 * 1024 ** 2,
  };
  await writeFile(join(directory, 'manifest.json'), JSON.stringify(manifest));
  return directory;
}
