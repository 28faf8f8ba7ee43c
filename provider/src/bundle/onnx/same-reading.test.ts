import '../../inference/disable-telemetry.ts';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { expect, it, onTestFinished } from 'vitest';
import { runawayGraph } from '../../supervisor/slots/graph-fixtures.ts';
import { operatorsOf } from '../operators-of.ts';
import type { OnnxModel } from './onnx-model.ts';
import { ProtobufFault } from './protobuf-reader.ts';
import { readModel } from './read-model.ts';
import { writeModel } from './write-model.ts';

/** What the scanner judges a model by. */
const described = (model: OnnxModel) => ({
  operators: operatorsOf(model),
  inputs: model.graph.inputs.map(({ name, dataType }) => ({ name, dataType })),
  outputs: model.graph.outputs.map(({ name, dataType }) => ({ name, dataType })),
  initializers: model.graph.initializers
    .map(({ name, dataType, shape, integers }) => ({ name, dataType, shape, integers }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
});

it('a damaged model is refused, or read exactly as the runtime reads it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'assay-reading-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const [mutant, written] = [join(folder, 'mutant.onnx'), join(folder, 'written.onnx')];
  const bytes = writeModel(runawayGraph());
  let compared = 0;
  for (let at = 0; at < bytes.byteLength; at++) {
    const flipped = Buffer.from(bytes);
    flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8));
    const own = tryRead(flipped);
    if (own === undefined) continue;
    await writeFile(mutant, flipped);
    // The runtime writes down the model that it understood.
    const session = await InferenceSession.create(mutant, {
      graphOptimizationLevel: 'disabled',
      optimizedModelFilePath: written,
      logSeverityLevel: 4,
    }).catch(() => undefined);
    if (session === undefined) continue;
    await session.release();
    expect(described(readModel(await readFile(written)))).toEqual(described(own));
    compared += 1;
  }
  expect(compared).toBeGreaterThan(20);
}, 60_000);

function tryRead(bytes: Uint8Array): OnnxModel | undefined {
  try {
    return readModel(bytes);
  } catch (error) {
    expect(error).toBeInstanceOf(ProtobufFault);
    return undefined;
  }
}
