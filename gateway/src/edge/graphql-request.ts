import { AssayError } from '@assay/wire';
import { z } from 'zod';
import type { OperationParams } from '../federation/run-operation.ts';
import type { Exchange } from './exchange.ts';
import { readBody } from './read-body.ts';

/** A GraphQL body may have this many bytes; larger tensors are blobs. */
export const MAX_GRAPHQL_BYTES = 1024 * 1024;

const record = z.record(z.string(), z.unknown());
const paramsSchema = z.object({
  query: z.string(),
  operationName: z.string().nullish(),
  variables: record.nullish(),
  extensions: record.nullish(),
});

/** The operation of a GET or POST request. Throws I100 naming what is malformed. */
export async function readOperation(exchange: Exchange): Promise<OperationParams> {
  const { request, url } = exchange;
  if (request.method === 'GET') return checked(queryParams(url.searchParams));
  return checked(json('body', (await readBody(request, MAX_GRAPHQL_BYTES)).toString('utf8')));
}

function queryParams(search: URLSearchParams): Record<string, unknown> {
  const of = (name: string) => search.get(name) ?? undefined;
  const parsed = (name: string) => {
    const text = of(name);
    return text === undefined ? undefined : json(name, text);
  };
  return {
    query: of('query'),
    operationName: of('operationName'),
    variables: parsed('variables'),
    extensions: parsed('extensions'),
  };
}

function json(field: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AssayError('I100', { cause, details: { field, reason: 'not JSON' } });
  }
}

function checked(value: unknown): OperationParams {
  const parsed = paramsSchema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const field = issue?.path.join('.') || 'body';
    throw new AssayError('I100', { details: { field, reason: issue?.message } });
  }
  const given = Object.entries(parsed.data).filter(
    ([, part]) => part !== null && part !== undefined,
  );
  return Object.fromEntries(given) as OperationParams;
}
