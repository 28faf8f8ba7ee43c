import { AssayError } from '@assay/wire';
import { Kind, type ValueNode } from 'graphql';

/** I100 for a scalar; shows only the beginning of what was sent. */
export function malformed(scalar: string, value: unknown, hint: string): AssayError {
  const shown = typeof value === 'string' ? value.slice(0, 40) : typeof value;
  return new AssayError('I100', { details: { scalar, value: shown }, hint });
}

/** The text of a string or integer literal; undefined for any other literal, which no scalar here accepts. */
export function textLiteral(node: ValueNode): string | undefined {
  return node.kind === Kind.STRING || node.kind === Kind.INT ? node.value : undefined;
}
