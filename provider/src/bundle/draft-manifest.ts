import {
  AssayError,
  type Datatype,
  type Manifest,
  manifestBytes,
  manifestSchema,
} from '@assay/wire';
import { z } from 'zod';
import type { OnnxModel, OnnxValue } from './onnx/onnx-model.ts';
import { operatorsOf } from './operators-of.ts';

/** ONNX element types by number; the others cannot enter or leave the runtime. */
const DATATYPES: Readonly<Record<number, Datatype>> = {
  1: 'FP32',
  2: 'UINT8',
  3: 'INT8',
  4: 'UINT16',
  5: 'INT16',
  6: 'INT32',
  7: 'INT64',
  8: 'BYTES',
  9: 'BOOL',
  10: 'FP16',
  11: 'FP64',
  12: 'UINT32',
  13: 'UINT64',
};

type Boundary = Pick<Manifest, 'inputs' | 'outputs'>;

/** What a job of these tasks sends and gets; a plain tensor model has its graph's own inputs and outputs. */
const TASK_BOUNDARIES: Readonly<Partial<Record<Manifest['task'], Boundary>>> = {
  'text-generation': {
    inputs: [{ name: 'prompt', datatype: 'BYTES', shape: [1] }],
    outputs: [
      { name: 'text', datatype: 'BYTES', shape: [1] },
      { name: 'tokens', datatype: 'INT32', shape: [-1] },
    ],
  },
  embedding: {
    inputs: [{ name: 'text', datatype: 'BYTES', shape: [-1] }],
    outputs: [{ name: 'embedding', datatype: 'FP32', shape: [-1, -1] }],
  },
  'image-classification': {
    inputs: [{ name: 'image', datatype: 'UINT8', shape: [-1] }],
    outputs: [
      { name: 'label', datatype: 'BYTES', shape: [1] },
      { name: 'probabilities', datatype: 'FP32', shape: [-1] },
    ],
  },
  ocr: {
    inputs: [{ name: 'image', datatype: 'UINT8', shape: [-1] }],
    outputs: [
      { name: 'text', datatype: 'BYTES', shape: [1] },
      { name: 'confidence', datatype: 'FP32', shape: [1] },
    ],
  },
  vad: {
    inputs: [{ name: 'audio', datatype: 'UINT8', shape: [-1] }],
    outputs: [
      { name: 'start', datatype: 'FP32', shape: [-1] },
      { name: 'end', datatype: 'FP32', shape: [-1] },
    ],
  },
};

const UNITS: Readonly<Record<Manifest['task'], Manifest['unit']>> = {
  tensor: 'request',
  'text-generation': 'token',
  embedding: 'token',
  'image-classification': 'request',
  ocr: 'request',
  vad: 'second',
};

export interface DraftFacts {
  readonly model: OnnxModel;
  readonly files: Manifest['files'];
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly task?: Manifest['task'] | undefined;
  readonly description?: string | undefined;
}

/** A manifest from the ONNX file itself; what cannot be read off it can be edited. Throws M600 or M601. */
export function draftManifest({
  model,
  files,
  name,
  version,
  licence,
  task: stated,
  description,
}: DraftFacts): Manifest {
  const task = stated ?? guessTask(model, files);
  const boundary = TASK_BOUNDARIES[task] ?? graphBoundary(model);
  const draft = {
    name,
    version,
    task,
    ...(description === undefined ? {} : { description }),
    unit: UNITS[task],
    licence,
    files,
    ...boundary,
    ...(isBatchable(boundary) && task === 'tensor' ? { batchAxis: 0 } : {}),
    opset: model.opsets.get('ai.onnx') ?? 1,
    ops: operatorsOf(model),
    peakMemoryBytes: estimateMemory(files),
  };
  const parsed = manifestSchema.safeParse(draft);
  if (!parsed.success)
    throw new AssayError('M600', { details: { reason: z.prettifyError(parsed.error) } });
  manifestBytes(parsed.data);
  return parsed.data;
}

function guessTask({ graph }: OnnxModel, files: Manifest['files']): Manifest['task'] {
  const names = new Set(graph.inputs.map(({ name }) => name));
  const hasTokenizer = files.some(({ role }) => role === 'tokenizer');
  if (hasTokenizer && names.has('input_ids'))
    return [...names].some((name) => name.startsWith('past_key_values.'))
      ? 'text-generation'
      : 'embedding';
  return 'tensor';
}

function graphBoundary({ graph }: OnnxModel): Boundary {
  const fixed = new Set(graph.initializers.map(({ name }) => name));
  return {
    inputs: graph.inputs.filter(({ name }) => !fixed.has(name)).map(toSpec),
    outputs: graph.outputs.map(toSpec),
  };
}

function toSpec({ name, dataType, shape }: OnnxValue): Boundary['inputs'][number] {
  const datatype = dataType === undefined ? undefined : DATATYPES[dataType];
  if (datatype)
    return { name, datatype, shape: shape.map((dimension) => (dimension > 0 ? dimension : -1)) };
  throw new AssayError('M603', {
    details: { value: name, elementType: dataType ?? 'no tensor' },
    hint: 'Only plain tensors of integers, floats of 16 to 64 bits, booleans and texts cross the boundary.',
  });
}

/** Every tensor's first dimension open: rows may be stacked. */
function isBatchable({ inputs, outputs }: Boundary): boolean {
  return inputs.length > 0 && [...inputs, ...outputs].every(({ shape }) => shape[0] === -1);
}

/** Weights are held about twice while a graph is optimised; the rest is room for what it computes. */
function estimateMemory(files: Manifest['files']): number {
  const weights = files
    .filter(({ role }) => role === 'model' || role === 'data')
    .reduce((sum, { bytes }) => sum + bytes, 0);
  return Math.ceil(2.5 * weights) + 256 * 1024 ** 2;
}
