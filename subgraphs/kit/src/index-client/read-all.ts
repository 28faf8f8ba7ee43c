import { z } from 'zod';
import type { Freshness } from '../federation/freshness.ts';
import type { IndexClient } from './index-client.ts';
import type { IndexedBlock } from './post-query.ts';

export interface ListQuery<S extends z.ZodType> {
  /** Root field of the list, e.g. `providers`; its entities have Bytes ids. */
  readonly field: string;
  readonly filterType: string;
  readonly selection: string;
  /** Variables of the selection, as GraphQL declares them. */
  readonly declarations?: string;
  /** Root fields asked once beside the list. */
  readonly beside?: string;
  readonly row: S;
}

export interface AllRows<R> {
  readonly rows: R[];
  readonly beside: Readonly<Record<string, unknown>>;
  readonly block: IndexedBlock;
  readonly freshness: Freshness;
}

export interface ListFilter {
  readonly where: object;
  readonly variables?: Readonly<Record<string, unknown>>;
}

const PAGE = 1_000;
const RANGES = 16;
const EVERYTHING = [{}];
/** Ids are hashes or addresses, spread evenly: their first hex digit cuts a list into 16 equal parts. */
const SIXTEENTHS = Array.from({ length: RANGES }, (_, digit) => ({
  id_gte: `0x${digit.toString(16)}0`,
  ...(digit + 1 < RANGES && { id_lt: `0x${(digit + 1).toString(16)}0` }),
}));

/**
 * Reads a whole list in one request: graph-node answers at most 1000 rows a field, so a longer list is asked for in 16
 * parts at once. A part that is longer still goes on page by page.
 */
export function createListReader<S extends z.ZodType<{ readonly id: string }>>(
  index: IndexClient,
  query: ListQuery<S>,
) {
  type Row = z.output<S>;
  const rows = z.array(query.row);
  let long = false;

  const ask = (parts: readonly object[], { where, variables = {} }: ListFilter) => {
    const filters = parts.map((part, place) => [`part${place}`, { and: [where, part] }]);
    const answer = z.looseObject(
      Object.fromEntries(parts.map((_, place) => [`rows${place}`, rows])),
    );
    return index.query(
      textOf(query, parts.length),
      { ...variables, ...Object.fromEntries(filters) },
      answer,
    );
  };

  return async function readAll(filter: ListFilter): Promise<AllRows<Row>> {
    let parts: readonly object[] = long ? SIXTEENTHS : EVERYTHING;
    let { data, block, freshness } = await ask(parts, filter);
    if (!long && (data.rows0 as Row[]).length === PAGE) {
      long = true;
      parts = SIXTEENTHS;
      ({ data, block, freshness } = await ask(parts, filter));
    }
    const found: Row[] = [];
    for (const [place, part] of parts.entries()) {
      let page = data[`rows${place}`] as Row[];
      found.push(...page);
      while (page.length === PAGE) {
        const after = { ...part, id_gt: page.at(-1)?.id };
        page = (await ask([after], filter)).data.rows0 as Row[];
        found.push(...page);
      }
    }
    if (found.length < PAGE / 2) long = false;
    return { rows: found, beside: data, block, freshness };
  };
}

function textOf<S extends z.ZodType>(query: ListQuery<S>, parts: number): string {
  const { field, filterType, selection, declarations = '', beside = '' } = query;
  const places = Array.from({ length: parts }, (_, place) => place);
  const filters = places.map((place) => `$part${place}: ${filterType}!`).join(', ');
  const fields = places.map(
    (place) =>
      `rows${place}: ${field}(first: ${PAGE}, where: $part${place}, orderBy: id) { ${selection} }`,
  );
  return `query (${filters} ${declarations}) { ${fields.join('\n')} ${beside} }`;
}
