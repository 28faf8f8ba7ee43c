/** The reference: a process that does nothing but call ONNX Runtime in a loop. Started by `start-bare-loop.ts`. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseManifest } from '@assay/wire';
import { openSession } from '../../src/inference/onnx-session.ts';
import { toOrtTensor } from '../../src/inference/ort-tensor.ts';
import { sampleTensors } from '../../src/inference/sample-tensors.ts';

const [, , directory = '', manifestFile = ''] = process.argv;
const manifest = parseManifest(readFileSync(manifestFile));
const file = manifest.files.find(({ role }) => role === 'model')?.path ?? '';
const session = await openSession(join(directory, file), {
  executionProvider: 'cpu',
  optimisation: 'all',
  threads: 1,
  tf32: false,
});
const feeds = Object.fromEntries(
  sampleTensors(manifest).map((tensor) => [tensor.name, toOrtTensor(tensor)]),
);

process.on('message', async (runs: number) => {
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const started = performance.now();
    await session.run(feeds);
    times.push(performance.now() - started);
  }
  process.send?.(times);
});
process.send?.('ready');
