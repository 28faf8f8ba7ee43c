import type { IncomingMessage } from 'node:http';
import { AssayError } from '@assay/wire';
import type { z } from 'zod';
import { readBody } from './read-body.ts';

const MAX_JSON_BYTES = 4 * 1024 * 1024;

/** A JSON body that fits the schema. Throws I100 naming the first field that does not. */
export async function readJsonBody<S extends z.ZodType>(
  request: IncomingMessage,
  schema: S,
): Promise<z.output<S>> {
  const body = await readBody(request, MAX_JSON_BYTES);
  const parsed = schema.safeParse(parse(body.toString('utf8')));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue?.path.join('.') || 'body';
  throw new AssayError('I100', { details: { field, reason: issue?.message } });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AssayError('I100', { cause, details: { field: 'body', reason: 'not JSON' } });
  }
}
