import { readlinkSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256, type Tensor, toHex } from '@assay/wire';
import { expect, it, onTestFinished } from 'vitest';
import { ARENA_FD } from '../../inference/arena.ts';
import { writeTestBundle } from './bundle-fixture.ts';
import { sumGraph } from './graph-fixtures.ts';
import { setupPool, soon } from './pool-fixture.ts';
import type { SlotPoolOptions } from './slot-types.ts';

const ROWS = 40_000;
/** Inputs and outputs that would both go through an arena. */
const WIDE: Tensor = {
  ...{ name: 'x', datatype: 'FP32', shape: [ROWS, 2] },
  data: new Uint8Array(Float32Array.from({ length: 2 * ROWS }, (_, index) => index % 977).buffer),
};

/** What some runs answer, and what their child has open where an arena would be. */
async function answersOf(options: Partial<SlotPoolOptions>) {
  const { pool, root, serve, close } = await setupPool({ slots: 1, spare: 0, ...options });
  onTestFinished(close);
  const directory = join(root, 'sum');
  await mkdir(directory);
  await writeTestBundle({ directory, name: 'sum', graph: sumGraph() });
  const { modelId } = await serve(directory);
  const [pid] = pool.stats().models.flatMap(({ pids }) => pids);
  const outputs: Tensor[] = [];
  for (let count = 0; count < 5; count++) {
    const input = { kind: 'tensors', tensors: [WIDE] } as const;
    outputs.push(...(await pool.run({ modelId, params: {}, input }, soon())).outputs);
  }
  const described = outputs.map(({ data, ...header }) => ({
    ...header,
    ...{ bytes: data.byteLength, sha256: toHex(sha256(data)) },
  }));
  return { outputs: described, arena: readlinkSync(`/proc/${pid}/fd/${ARENA_FD}`) };
}

it('a system without memory to share gets the same outputs, through the socket alone', async () => {
  const shared = await answersOf({});
  const alone = await answersOf({ arenaDirectory: '/nowhere/at/all' });
  expect(shared.arena).toMatch(/^\/dev\/shm\/assay-/);
  expect(alone.arena).not.toContain('/assay-');
  expect(shared.outputs).toHaveLength(5);
  expect(shared.outputs[0]).toMatchObject({ bytes: 4 * ROWS });
  expect(alone.outputs).toEqual(shared.outputs);
}, 60_000);
