import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Tensor } from '@assay/wire';
import { writeTestBundle } from '../../src/supervisor/slots/bundle-fixture.ts';
import { runawayGraph } from '../../src/supervisor/slots/graph-fixtures.ts';
import type { PoolFixture } from '../../src/supervisor/slots/pool-fixture.ts';

/** A model that computes for as long as it is told to: runs it for so many rounds, until the deadline (epoch ms). */
export async function serveRounds({
  root,
  serve,
  pool,
}: PoolFixture): Promise<(rounds: number, deadline: number) => Promise<unknown>> {
  const directory = join(root, 'runaway');
  await mkdir(directory);
  const manifest = { batchAxis: undefined };
  await writeTestBundle({ directory, name: 'runaway', graph: runawayGraph(), manifest });
  const { modelId } = await serve(directory);
  return (rounds, deadline) =>
    pool.run(
      { modelId, params: {}, input: { kind: 'tensors', tensors: [roundsTensor(rounds)] } },
      { deadline },
    );
}

function roundsTensor(rounds: number): Tensor {
  return {
    name: 'rounds',
    datatype: 'INT64',
    shape: [],
    data: new Uint8Array(BigInt64Array.of(BigInt(rounds)).buffer),
  };
}
