/** A supervisor for `orphans.test.ts`: one child runs for ever, a spare waits; their pids go to the test. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeTestBundle } from './bundle-fixture.ts';
import { runawayGraph } from './graph-fixtures.ts';
import { setupPool } from './pool-fixture.ts';

const { pool, root, serve } = await setupPool({ slots: 1, spare: 0 });
const directory = join(root, 'runaway');
await mkdir(directory);
await writeTestBundle({
  directory,
  name: 'runaway',
  graph: runawayGraph(),
  manifest: { batchAxis: undefined },
});
const { modelId } = await serve(directory);
const rounds = {
  name: 'rounds',
  datatype: 'INT64',
  shape: [],
  data: new Uint8Array(BigInt64Array.of(2n ** 40n).buffer),
} as const;
pool
  .run(
    { modelId, params: {}, input: { kind: 'tensors', tensors: [rounds] } },
    {
      deadline: Date.now() + 600_000,
      onStarted: () => process.send?.(pool.stats().models.flatMap(({ pids }) => pids)),
    },
  )
  .catch(() => {});
