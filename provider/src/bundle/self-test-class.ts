import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AssayError, type Tensor } from '@assay/wire';
import { pino } from 'pino';
import type { RuntimeOptions } from '../inference/messages.ts';
import { createSlotPool } from '../supervisor/slots/slot-pool.ts';
import type { SlotPool } from '../supervisor/slots/slot-types.ts';
import { createBundleStore } from './bundle-store.ts';
import { hashFile } from './hash-file.ts';
import { ELEMENT, type Element, writeModel } from './onnx/write-model.ts';

export interface ClassSelfTest {
  /** `reduced`: products are rounded below FP32 (TF32, BF16 or FP16 inputs), which is another class. */
  readonly matrixProducts: 'fp32' | 'reduced';
  /** `saturate`: unsigned times signed 8-bit overflows 16 bits inside the processor; int8 models must avoid full range. */
  readonly eightBitProducts: 'exact' | 'saturate';
}

const ROWS = 16;
const DEPTH = 144;
const UNIT_ROUNDOFF = 2 ** -24;
const DEADLINE_MS = 60_000;

/** Finds out by computing what arithmetic this machine really does under these options. Throws what the runtime refuses. */
export async function selfTestClass(runtime: RuntimeOptions): Promise<ClassSelfTest> {
  const root = await mkdtemp(join(tmpdir(), 'assay-self-test-'));
  const store = createBundleStore(join(root, 'store'));
  const log = pino({ level: 'silent' });
  const pool = createSlotPool({
    slots: 1,
    spare: 0,
    modelsDir: store.modelsDir,
    runDir: join(root, 'run'),
    log,
    runtime,
  });
  try {
    const load = async (type: 'MatMul' | 'MatMulInteger'): Promise<string> => {
      const stored = await store.importDirectory(await productBundle(join(root, type), type));
      const modelId = stored.manifestHash;
      await pool.load({ ...stored, modelId });
      return modelId;
    };
    return {
      matrixProducts: await testFloats(pool, await load('MatMul')),
      eightBitProducts: await testIntegers(pool, await load('MatMulInteger')),
    };
  } finally {
    await pool.close();
    await rm(root, { recursive: true, force: true });
  }
}

/** A product off by more than any order of FP32 additions can be was not computed in FP32. */
async function testFloats(
  pool: SlotPool,
  modelId: string,
): Promise<ClassSelfTest['matrixProducts']> {
  const value = (at: number): number => Math.fround(Math.sin(at * 12.9898) + 0.1 * Math.cos(at));
  const a = Float32Array.from({ length: ROWS * DEPTH }, (_, at) => value(at));
  const b = Float32Array.from({ length: DEPTH * ROWS }, (_, at) => value(at + 7_777));
  const product = new Float32Array(
    await multiply(pool, modelId, [
      tensor('a', 'FP32', [ROWS, DEPTH], a),
      tensor('b', 'FP32', [DEPTH, ROWS], b),
    ]),
  );
  const gamma = (DEPTH * UNIT_ROUNDOFF) / (1 - DEPTH * UNIT_ROUNDOFF);
  for (let at = 0; at < ROWS * ROWS; at++) {
    const { sum, magnitude } = exactDot(a, b, at);
    if (Math.abs((product[at] ?? Number.NaN) - sum) > gamma * magnitude) return 'reduced';
  }
  return 'fp32';
}

async function testIntegers(
  pool: SlotPool,
  modelId: string,
): Promise<ClassSelfTest['eightBitProducts']> {
  const a = new Uint8Array(ROWS * DEPTH).fill(255);
  const b = Int8Array.from({ length: DEPTH * ROWS }, (_, at) => (at % 3 === 0 ? -128 : 127));
  const product = new Int32Array(
    await multiply(pool, modelId, [
      tensor('a', 'UINT8', [ROWS, DEPTH], a),
      tensor('b', 'INT8', [DEPTH, ROWS], b),
    ]),
  );
  const isExact = product.every((value, at) => value === exactDot(a, b, at).sum);
  return isExact ? 'exact' : 'saturate';
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

async function multiply(
  pool: SlotPool,
  modelId: string,
  tensors: readonly Tensor[],
): Promise<ArrayBuffer> {
  const { outputs } = await pool.run(
    { modelId, params: {}, input: { kind: 'tensors', tensors } },
    { deadline: Date.now() + DEADLINE_MS },
  );
  const [product] = outputs;
  if (!product)
    throw new AssayError('P300', { details: { reason: 'the self-test gave no output' } });
  return Uint8Array.from(product.data).buffer;
}

async function productBundle(directory: string, type: 'MatMul' | 'MatMulInteger'): Promise<string> {
  const [left, right, result]: readonly Element[] =
    type === 'MatMul'
      ? [ELEMENT.float, ELEMENT.float, ELEMENT.float]
      : [ELEMENT.uint8, ELEMENT.int8, ELEMENT.int32];
  const value = (name: string, element: Element | undefined, shape: number[]) => ({
    name,
    element: element ?? ELEMENT.float,
    shape,
  });
  const graph = {
    inputs: [value('a', left, [ROWS, DEPTH]), value('b', right, [DEPTH, ROWS])],
    outputs: [value('y', result, [ROWS, ROWS])],
    operations: [{ type, inputs: ['a', 'b'], outputs: ['y'] }],
  };
  await mkdir(directory);
  await writeFile(join(directory, 'model.onnx'), writeModel(graph));
  const names =
    type === 'MatMul' ? (['FP32', 'FP32', 'FP32'] as const) : (['UINT8', 'INT8', 'INT32'] as const);
  const manifest = {
    name: `self-test-${type.toLowerCase()}`,
    version: '1',
    task: 'tensor',
    unit: 'request',
    licence: 'Apache-2.0',
    files: [
      { path: 'model.onnx', role: 'model', ...(await hashFile(join(directory, 'model.onnx'))) },
    ],
    inputs: [
      { name: 'a', datatype: names[0], shape: [ROWS, DEPTH] },
      { name: 'b', datatype: names[1], shape: [DEPTH, ROWS] },
    ],
    outputs: [{ name: 'y', datatype: names[2], shape: [ROWS, ROWS] }],
    opset: 17,
    ops: [`ai.onnx:${type}`],
    peakMemoryBytes: 64 * 1024 ** 2,
  };
  await writeFile(join(directory, 'manifest.json'), JSON.stringify(manifest));
  return directory;
}
