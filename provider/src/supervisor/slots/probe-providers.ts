import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AssayError, type Manifest } from '@assay/wire';
import { pino } from 'pino';
import { ELEMENT, writeModel } from '../../bundle/onnx/write-model.ts';
import { startChild } from './child-process.ts';
import { DEFAULT_RUNTIME } from './default-runtime.ts';
import { serveModel } from './serving-child.ts';

/** Execution providers that `executionProvider` may name. */
export const EXECUTION_PROVIDERS = ['cpu', 'cuda', 'tensorrt', 'webgpu'] as const;
export type ExecutionProvider = (typeof EXECUTION_PROVIDERS)[number];

export interface ProbeResult {
  readonly name: ExecutionProvider;
  readonly works: boolean;
  /** What the runtime said where it does not. */
  readonly reason?: string;
}

const TIMEOUT_MS = 30_000;
const MEMORY_BYTES = 8 * 1024 ** 3;

/**
 * Which execution providers really work here: each loads a graph of 100 bytes in a child of its own. The runtime's
 * list of backends says what it was built with, not what this machine has.
 */
export async function probeProviders(
  names: readonly ExecutionProvider[] = EXECUTION_PROVIDERS,
): Promise<ProbeResult[]> {
  const root = await mkdtemp(join(tmpdir(), 'assay-probe-'));
  try {
    const manifest = await tinyBundle(root);
    const results: ProbeResult[] = [];
    for (const name of names) results.push(await probe(name, manifest, root));
    return results;
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

async function probe(
  name: ExecutionProvider,
  manifest: Manifest,
  root: string,
): Promise<ProbeResult> {
  const log = pino({ level: 'silent' });
  const child = startChild({
    modelsDir: root,
    emptyDir: join(root, 'empty'),
    dataLimitBytes: MEMORY_BYTES,
    tf32: name === 'cpu' ? undefined : false,
    log,
  });
  const timer = setTimeout(() => child.kill('probe timeout'), TIMEOUT_MS);
  const events = { onBatchEnd: () => {}, onExit: () => {} };
  try {
    await child.ready;
    const bundle = { modelId: name, directory: root, manifest };
    const serving = await serveModel({
      child,
      bundle,
      runtime: { ...DEFAULT_RUNTIME, executionProvider: name },
      events,
    });
    await serving.profile(1);
    return { name, works: true };
  } catch (error) {
    return { name, works: false, reason: reasonOf(error) };
  } finally {
    clearTimeout(timer);
    child.kill('probed');
    await child.exited;
  }
}

function reasonOf(error: unknown): string {
  const reason = error instanceof AssayError ? error.details.reason : error;
  return String(reason ?? error).slice(0, 200);
}

async function tinyBundle(root: string): Promise<Manifest> {
  await mkdir(join(root, 'empty'));
  const graph = {
    inputs: [{ name: 'x', element: ELEMENT.float, shape: [1, 4] }],
    outputs: [{ name: 'y', element: ELEMENT.float, shape: [1, 4] }],
    operations: [{ type: 'Add', inputs: ['x', 'x'], outputs: ['y'] }],
  };
  await writeFile(join(root, 'model.onnx'), writeModel(graph));
  return {
    name: 'probe',
    version: '1',
    task: 'tensor',
    unit: 'request',
    licence: 'Apache-2.0',
    tags: [],
    files: [{ path: 'model.onnx', role: 'model', sha256: `0x${'0'.repeat(64)}`, bytes: 1 }],
    inputs: [{ name: 'x', datatype: 'FP32', shape: [1, 4] }],
    outputs: [{ name: 'y', datatype: 'FP32', shape: [1, 4] }],
    state: [],
    opset: 17,
    ops: ['ai.onnx:Add'],
    peakMemoryBytes: 1,
    parameters: {},
    classes: [],
  };
}
