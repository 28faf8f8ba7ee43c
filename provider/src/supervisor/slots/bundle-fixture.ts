import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  ELEMENT,
  type GraphSource,
  type ValueSource,
  writeModel,
} from '../../bundle/onnx/write-model.ts';

const DATATYPES: Readonly<Record<number, string>> = {
  [ELEMENT.float]: 'FP32',
  [ELEMENT.int64]: 'INT64',
  [ELEMENT.uint8]: 'UINT8',
  [ELEMENT.bool]: 'BOOL',
  [ELEMENT.float16]: 'FP16',
  [ELEMENT.double]: 'FP64',
  [ELEMENT.string]: 'BYTES',
};

interface BundleOptions {
  readonly directory: string;
  readonly name: string;
  readonly graph: GraphSource | Uint8Array;
  readonly manifest?: object;
}

/** Writes a bundle of one hand-made graph: manifest.json and model.onnx. */
export async function writeTestBundle({
  directory,
  name,
  graph,
  manifest = {},
}: BundleOptions): Promise<void> {
  const bytes = graph instanceof Uint8Array ? graph : writeModel(graph);
  const values =
    graph instanceof Uint8Array
      ? { inputs: [], outputs: [] }
      : { inputs: graph.inputs.map(spec), outputs: graph.outputs.map(spec) };
  const whole = {
    name,
    version: '1',
    task: 'tensor',
    unit: 'request',
    licence: 'Apache-2.0',
    files: [
      {
        path: 'model.onnx',
        role: 'model',
        sha256: `0x${createHash('sha256').update(bytes).digest('hex')}`,
        bytes: bytes.byteLength,
      },
    ],
    ...values,
    batchAxis: 0,
    opset: 17,
    ops: [],
    peakMemoryBytes: 64 * 1024 ** 2,
    ...manifest,
  };
  await writeFile(join(directory, 'model.onnx'), bytes);
  await writeFile(join(directory, 'manifest.json'), JSON.stringify(whole));
}

function spec({ name, element, shape }: ValueSource): object {
  return {
    name,
    datatype: DATATYPES[element],
    shape: shape.map((dimension) => (typeof dimension === 'number' ? dimension : -1)),
  };
}
