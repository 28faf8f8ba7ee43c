import { GraphQLScalarType } from 'graphql';
import { malformed, textLiteral } from './malformed.ts';

/** 78 digits hold every uint256. */
const DECIMAL = /^-?[0-9]{1,78}$/;

function parse(value: unknown): bigint {
  if (typeof value === 'string' && DECIMAL.test(value)) return BigInt(value);
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
  throw malformed('BigInt', value, 'Send a decimal string of at most 78 digits.');
}

function serialize(value: unknown): string {
  return typeof value === 'bigint' ? value.toString() : parse(value).toString();
}

export const BigIntScalar = new GraphQLScalarType({
  name: 'BigInt',
  description: 'An integer of any size as a decimal string; amounts are in base units.',
  serialize,
  parseValue: parse,
  parseLiteral: (node) => parse(textLiteral(node)),
});
