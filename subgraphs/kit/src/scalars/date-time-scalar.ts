import { GraphQLScalarType } from 'graphql';
import { malformed, textLiteral } from './malformed.ts';

const RFC3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/i;

function parse(value: unknown): Date {
  const date = typeof value === 'string' && RFC3339.test(value) ? new Date(value) : undefined;
  if (date !== undefined && !Number.isNaN(date.getTime())) return date;
  throw malformed('DateTime', value, 'Send an RFC 3339 time, such as 2026-11-22T12:00:00Z.');
}

/** From a Date or epoch milliseconds. */
function serialize(value: unknown): string {
  const date = typeof value === 'number' ? new Date(value) : value;
  if (date instanceof Date && !Number.isNaN(date.getTime())) return date.toISOString();
  throw new TypeError('DateTime is made from a Date or epoch milliseconds');
}

export const DateTimeScalar = new GraphQLScalarType({
  name: 'DateTime',
  description: 'A moment in RFC 3339 form, answered in UTC with milliseconds.',
  serialize,
  parseValue: parse,
  parseLiteral: (node) => parse(textLiteral(node)),
});
