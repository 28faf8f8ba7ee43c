import { type Address, lowerAddress } from '@assay/wire';
import { GraphQLScalarType } from 'graphql';
import { malformed, textLiteral } from './malformed.ts';

function parse(value: unknown): Address {
  if (typeof value === 'string' && /^0x[0-9a-fA-F]{40}$/.test(value)) return lowerAddress(value);
  throw malformed('Address', value, 'Send 0x and 40 hex digits.');
}

export const AddressScalar = new GraphQLScalarType({
  name: 'Address',
  description: 'An account: 0x and 40 hex digits, answered in lower case.',
  serialize: parse,
  parseValue: parse,
  parseLiteral: (node) => parse(textLiteral(node)),
});
