import { z } from 'zod';
import type { MergedQuery } from './merge-queries.ts';

/** The index answered, and the answer is that the query cannot be answered. */
export class IndexRefusal extends Error {
  override readonly name = 'IndexRefusal';
}

export interface IndexedBlock {
  readonly number: number;
  readonly hash: string;
  readonly timestamp: number;
}

export interface IndexAnswer {
  readonly block: IndexedBlock;
  readonly data: Readonly<Record<string, unknown>>;
  /** Characters of the whole answer. */
  readonly size: number;
}

const answerSchema = z.object({
  errors: z.array(z.object({ message: z.string() })).optional(),
  data: z
    .looseObject({
      _meta: z.object({
        block: z.object({ number: z.number(), hash: z.string(), timestamp: z.number() }),
      }),
    })
    .nullish(),
});

/** One POST to graph-node; rejects for transport faults and for errors in the answer. */
export async function postQuery(
  url: string,
  query: Pick<MergedQuery, 'text' | 'variables'>,
  timeoutMs: number,
): Promise<IndexAnswer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: query.text, variables: query.variables }),
    signal: AbortSignal.timeout(timeoutMs),
  });
  const text = await response.text();
  const { data, errors } = answerSchema.parse(JSON.parse(text));
  if (errors !== undefined && errors.length > 0)
    throw new IndexRefusal(errors.map(({ message }) => message).join('; '));
  if (data == null) throw new IndexRefusal('an answer without data');
  return { block: data._meta.block, data, size: text.length };
}
