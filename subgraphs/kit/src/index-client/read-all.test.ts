import { expect, it, vi } from 'vitest';
import { z } from 'zod';
import type { IndexClient } from './index-client.ts';
import { createListReader } from './read-all.ts';

// Slow only where many tests share few cores.
vi.setConfig({ testTimeout: 60_000 });

interface Part {
  readonly and: readonly [object, { id_gte?: string; id_lt?: string; id_gt?: string }];
}

/** An index with these ids that answers at most 1000 rows a field, as graph-node does. */
function setup(ids: readonly string[]) {
  const sorted = ids.toSorted();
  let requests = 0;
  const index: IndexClient = {
    requests: 0,
    async query(_, variables, schema) {
      requests += 1;
      const parts = Object.entries(variables).filter(([name]) => name.startsWith('part'));
      const answers = parts.map(([name, part]) => {
        const { id_gte = '', id_lt = '0xg', id_gt = '' } = (part as Part).and[1];
        const rows = sorted.filter((id) => id >= id_gte && id < id_lt && id > id_gt);
        return [name.replace('part', 'rows'), rows.slice(0, 1_000).map((id) => ({ id }))];
      });
      return {
        data: schema.parse(Object.fromEntries(answers)) as never,
        block: { number: 1, hash: '0x', timestamp: 1 },
        freshness: { indexedBlock: 1, lagSeconds: 0, stale: false },
      };
    },
  };
  const row = z.object({ id: z.string() });
  const readAll = createListReader(index, {
    field: 'things',
    filterType: 'F',
    selection: 'id',
    row,
  });
  return {
    async read() {
      const before = requests;
      const { rows } = await readAll({ where: {} });
      return { ids: rows.map(({ id }) => id).toSorted(), requests: requests - before };
    },
  };
}

const spread = (count: number) =>
  Array.from({ length: count }, (_, place) => {
    const hash = (place * 2_654_435_761) % 2 ** 32;
    return `0x${hash.toString(16).padStart(8, '0')}${place.toString(16).padStart(8, '0')}`;
  });

it('reads a short list in one request', async () => {
  const { read } = setup(spread(999));
  expect(await read()).toEqual({ ids: spread(999).toSorted(), requests: 1 });
});

it('reads a long list in one request once it knows that it is long', async () => {
  const { read } = setup(spread(10_000));
  expect((await read()).requests).toBe(2);
  expect(await read()).toEqual({ ids: spread(10_000).toSorted(), requests: 1 });
});

it('goes on page by page where ids are not spread evenly', async () => {
  const crowded = Array.from(
    { length: 3_500 },
    (_, place) => `0xab${place.toString(16).padStart(8, '0')}`,
  );
  const { read } = setup(crowded);
  expect((await read()).ids).toEqual(crowded.toSorted());
});
