import { AssayError } from '@assay/wire';
import { decodeCursor, encodeCursor, type Position } from './cursor.ts';
import type { PageInfo } from './page-info.ts';

export const MAX_PAGE = 100;
export const DEFAULT_PAGE = 20;

export interface PageArguments {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
}

export interface Page {
  readonly first: number;
  readonly after: Position | undefined;
}

export interface Edge<T> {
  readonly node: T;
  readonly cursor: string;
}

export interface Connection<T> {
  readonly edges: readonly Edge<T>[];
  readonly pageInfo: PageInfo;
}

/** @throws I100 where `first` is outside 1 … 100. */
export function pageSize(first: number | null | undefined, name = 'first'): number {
  const size = first ?? DEFAULT_PAGE;
  if (Number.isInteger(size) && size >= 1 && size <= MAX_PAGE) return size;
  throw new AssayError('I100', {
    details: { argument: name, value: size, min: 1, max: MAX_PAGE },
    hint: `Ask for 1 to ${MAX_PAGE} items and follow pageInfo.endCursor.`,
  });
}

/** @throws I100 where `first` is outside 1 … 100 or `after` belongs to another list. */
export function parsePage(scope: string, { first, after }: PageArguments): Page {
  const position = after == null ? undefined : decodeCursor(scope, after);
  return { first: pageSize(first), after: position };
}

/** A Relay connection from one item more than the page holds, which says whether there is a next page. */
export function connectionOf<T>(
  scope: string,
  page: Page,
  items: readonly T[],
  positionOf: (item: T) => Position,
): Connection<T> {
  const edges = items
    .slice(0, page.first)
    .map((node) => ({ node, cursor: encodeCursor(scope, positionOf(node)) }));
  const pageInfo = {
    hasNextPage: items.length > page.first,
    hasPreviousPage: page.after !== undefined,
    startCursor: edges.at(0)?.cursor,
    endCursor: edges.at(-1)?.cursor,
  };
  return { edges, pageInfo };
}
