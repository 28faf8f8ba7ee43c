import { type Connection, connectionOf, type Page } from './connection.ts';
import type { Position } from './cursor.ts';

export type Direction = 'ascending' | 'descending';

export interface Sorting<T> {
  readonly scope: string;
  readonly direction: Direction;
  readonly positionOf: (item: T) => Position;
}

/** One page of a list held in memory: sorted by key, then id, continuing after a position even if that item is gone. */
export function paginateSorted<T>(
  items: readonly T[],
  page: Page,
  { scope, direction, positionOf }: Sorting<T>,
): Connection<T> {
  const sign = direction === 'ascending' ? 1 : -1;
  const compare = (a: Position, b: Position) =>
    sign * compareKeys(a.key, b.key) || compareKeys(a.id, b.id);
  const placed = items.map((item) => ({ item, position: positionOf(item) }));
  const { after } = page;
  const rest =
    after === undefined ? placed : placed.filter(({ position }) => compare(position, after) > 0);
  const sorted = rest.toSorted((a, b) => compare(a.position, b.position));
  return connectionOf(
    scope,
    page,
    sorted.slice(0, page.first + 1).map(({ item }) => item),
    positionOf,
  );
}

function compareKeys(a: string | number, b: string | number): number {
  if (typeof a === typeof b) return a < b ? -1 : a > b ? 1 : 0;
  return typeof a === 'number' ? -1 : 1;
}
