import type { Hex } from '@assay/wire';
import { GraphQLScalarType } from 'graphql';
import { malformed, textLiteral } from './malformed.ts';

function parse(value: unknown): Hex {
  if (typeof value === 'string' && /^0x([0-9a-fA-F]{2})*$/.test(value))
    return value.toLowerCase() as Hex;
  throw malformed('Hex', value, 'Send 0x and an even number of hex digits.');
}

export const HexScalar = new GraphQLScalarType({
  name: 'Hex',
  description: 'Bytes: 0x and two hex digits a byte, answered in lower case.',
  serialize: parse,
  parseValue: parse,
  parseLiteral: (node) => parse(textLiteral(node)),
});
