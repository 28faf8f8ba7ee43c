import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { connectionOf, parsePage } from './connection.ts';
import { encodeCursor, listScope } from './cursor.ts';
import { paginateSorted } from './paginate-sorted.ts';

// Slow only where many tests share few cores.
vi.setConfig({ testTimeout: 60_000 });

interface Item {
  readonly id: string;
  readonly key: number;
}
const scope = listScope('items', { text: 'a' });
const sorting = {
  scope,
  direction: 'descending' as const,
  positionOf: ({ id, key }: Item) => ({ id, key }),
};

it('refuses pages outside 1 … 100 and cursors of other lists', () => {
  const other = encodeCursor(listScope('items', { text: 'b' }), { key: 1, id: 'x' });
  const bad = [
    { first: 0 },
    { first: -1 },
    { first: 101 },
    { first: 100_000 },
    { after: other },
    { after: 'nonsense' },
    { after: '' },
    { after: 'x'.repeat(5_000) },
  ];
  for (const arguments_ of bad)
    expect(() => parsePage(scope, arguments_)).toThrow(
      expect.objectContaining({
        code: 'I100',
        details: expect.anything(),
        hint: expect.anything(),
      }),
    );
});

it('says whether more follows', () => {
  const page = parsePage(scope, { first: 2 });
  const positionOf = (id: string) => ({ key: 0, id });
  expect(connectionOf(scope, page, ['a', 'b', 'c'], positionOf).pageInfo.hasNextPage).toBe(true);
  expect(connectionOf(scope, page, ['a', 'b'], positionOf).pageInfo).toMatchObject({
    hasNextPage: false,
    hasPreviousPage: false,
  });
});

it('walks a list that changes between pages without repeating or losing what stays', () => {
  const items = fc.uniqueArray(
    fc.record({ id: fc.string({ minLength: 1, maxLength: 4 }), key: fc.nat(5) }),
    {
      selector: ({ id }) => id,
      minLength: 1,
    },
  );
  fc.assert(
    fc.property(items, items, fc.integer({ min: 1, max: 4 }), (before, added, first) => {
      const seen: Item[] = [];
      let list: readonly Item[] = before;
      let after: string | undefined;
      for (;;) {
        const page = paginateSorted(list, parsePage(scope, { first, after }), sorting);
        seen.push(...page.edges.map(({ node }) => node));
        if (!page.pageInfo.hasNextPage) break;
        after = page.pageInfo.endCursor;
        // New items come, and one already shown goes: even the one the cursor names.
        const gone = seen.at(-1)?.id;
        const fresh = added.filter(({ id }) => before.every((item) => item.id !== id));
        list = [...before.filter(({ id }) => id !== gone), ...fresh];
      }
      const ids = seen.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      for (const { id } of before) expect(ids).toContain(id);
    }),
  );
});
