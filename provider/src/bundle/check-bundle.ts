import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AssayError, type Manifest, TENSOR_LIMITS } from '@assay/wire';
import { DEFAULT_MAX_MEMORY_BYTES } from '../supervisor/slots/default-memory.ts';
import type { OnnxModel } from './onnx/onnx-model.ts';
import { ProtobufFault } from './onnx/protobuf-reader.ts';
import { readModel } from './onnx/read-model.ts';
import { operatorsOf } from './operators-of.ts';
import { type Finding, refuse, scanGraph, warn } from './scan-graph.ts';

/** Protobuf ends here; the runtime reads no larger graph either. */
const MAX_GRAPH_BYTES = 2 ** 31 - 1;

/** Reads a bundle's graph. Throws M603 where the file is no sound ONNX model. */
export async function readBundleGraph(
  { files }: Pick<Manifest, 'files'>,
  directory: string,
): Promise<OnnxModel> {
  const path = files.find(({ role }) => role === 'model')?.path ?? '';
  // By its name the runtime chooses how to read a file: `.ort` is another format, and one file can be both.
  if (!path.endsWith('.onnx')) throw unsound(path, 'the name of a graph ends with .onnx');
  const { size } = await stat(join(directory, path));
  if (size > MAX_GRAPH_BYTES)
    throw unsound(
      path,
      `a graph has at most ${MAX_GRAPH_BYTES} bytes: put weights in external data`,
    );
  try {
    return readModel(await readFile(join(directory, path)));
  } catch (cause) {
    if (!(cause instanceof ProtobufFault)) throw cause;
    throw unsound(path, cause.message, cause);
  }
}

function unsound(file: string, reason: string, cause?: unknown): AssayError {
  return new AssayError('M603', { cause, details: { file, reason } });
}

/** Everything static that can be said of a bundle: dangers in the graph, and where the manifest disagrees with it. */
export async function checkBundle(manifest: Manifest, directory: string): Promise<Finding[]> {
  const model = await readBundleGraph(manifest, directory);
  return [...scanGraph(model, manifest), ...disagreements(model, manifest)];
}

/** Throws M603 naming what is refused; warnings pass. */
export async function assertSafeBundle(manifest: Manifest, directory: string): Promise<void> {
  const refused = (await checkBundle(manifest, directory)).filter(
    ({ severity }) => severity === 'refuse',
  );
  if (refused.length === 0) return;
  throw new AssayError('M603', {
    details: {
      model: manifest.name,
      refused: refused.slice(0, 20).map(({ rule, detail }) => `${rule}: ${detail}`),
    },
  });
}

function disagreements(model: OnnxModel, manifest: Manifest): Finding[] {
  const listed = new Set(manifest.ops);
  const unlisted = operatorsOf(model).filter((operator) => !listed.has(operator));
  const opset = model.opsets.get('ai.onnx') ?? 0;
  return [
    ...(unlisted.length > 0
      ? [refuse('operator list', `the manifest does not list ${unlisted.slice(0, 10).join(', ')}`)]
      : []),
    ...(opset !== manifest.opset
      ? [refuse('opset', `the graph has opset ${opset}, the manifest says ${manifest.opset}`)]
      : []),
    ...(manifest.peakMemoryBytes > DEFAULT_MAX_MEMORY_BYTES
      ? [
          warn(
            'memory',
            `peakMemoryBytes is ${manifest.peakMemoryBytes}: only providers that raised slots.maxMemoryBytes above ${DEFAULT_MAX_MEMORY_BYTES} serve it`,
          ),
        ]
      : []),
    ...tooMany('inputs', manifest.inputs.length),
    ...tooMany('outputs', outputCount(model, manifest)),
    ...(manifest.task === 'tensor' ? boundaryDisagreements(model, manifest) : []),
  ];
}

function tooMany(rule: 'inputs' | 'outputs', count: number): Finding[] {
  if (count <= TENSOR_LIMITS.perJob) return [];
  return [refuse(rule, `${count} ${rule}, of which a job carries ${TENSOR_LIMITS.perJob} at most`)];
}

/** A plain tensor model answers with all outputs of its graph, whatever its manifest lists. */
function outputCount({ graph }: OnnxModel, { task, outputs }: Manifest): number {
  return task === 'tensor' ? Math.max(graph.outputs.length, outputs.length) : outputs.length;
}

/** A plain tensor model offers the graph's own inputs and outputs. */
function boundaryDisagreements({ graph }: OnnxModel, manifest: Manifest): Finding[] {
  const fixed = new Set(graph.initializers.map(({ name }) => name));
  const needed = graph.inputs.map(({ name }) => name).filter((name) => !fixed.has(name));
  const offered = new Set(manifest.inputs.map(({ name }) => name));
  const given = new Set(graph.outputs.map(({ name }) => name));
  const answered = new Set(manifest.outputs.map(({ name }) => name));
  return [
    ...needed
      .filter((name) => !offered.has(name))
      .map((name) => refuse('inputs', `the manifest leaves out the graph's input ${name}`)),
    ...manifest.outputs
      .filter(({ name }) => !given.has(name))
      .map(({ name }) => refuse('outputs', `the graph has no output ${name}`)),
    ...manifest.state
      .filter(({ input, output }) => !offered.has(input) || !answered.has(output))
      .map(({ input, output }) =>
        refuse('state', `${output} -> ${input}: not an output and an input of the manifest`),
      ),
  ];
}
