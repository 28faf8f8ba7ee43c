import { createHash } from 'node:crypto';
import { AssayError } from '@assay/wire';
import { z } from 'zod';

/** Where a list continues: the sort key and id of the last item seen, so it stays right while the list changes. */
export interface Position {
  readonly key: string | number;
  readonly id: string;
}

const cursorSchema = z.tuple([
  z.string(),
  z.union([z.string().max(200), z.number()]),
  z.string().max(200),
]);

/** Identifies a list by what it lists: a cursor of another list, filter or order does not fit. */
export function listScope(name: string, ...arguments_: readonly unknown[]): string {
  const text = JSON.stringify(arguments_, (_, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
  return createHash('sha256').update(`${name}:${text}`).digest('base64url').slice(0, 8);
}

export function encodeCursor(scope: string, position: Position): string {
  return Buffer.from(JSON.stringify([scope, position.key, position.id])).toString('base64url');
}

/** @throws I100 for text that is no cursor, and for a cursor of another list. */
export function decodeCursor(scope: string, cursor: string): Position {
  const parsed = cursorSchema.safeParse(parseJson(cursor));
  if (!parsed.success || parsed.data[0] !== scope) {
    throw new AssayError('I100', {
      details: { argument: 'after' },
      hint: 'Pass a cursor that this list answered, with the same filter and order.',
    });
  }
  return { key: parsed.data[1], id: parsed.data[2] };
}

function parseJson(cursor: string): unknown {
  if (cursor.length > 1000) return undefined;
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return undefined; // not a cursor: the caller says so
  }
}
