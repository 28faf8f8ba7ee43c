import { GraphQLScalarType } from 'graphql';
import { malformed, textLiteral } from './malformed.ts';

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

function parse(value: unknown): Buffer {
  if (typeof value === 'string' && value.length % 4 === 0 && BASE64.test(value))
    return Buffer.from(value, 'base64');
  throw malformed('Base64', value, 'Send base64 with padding, no line breaks.');
}

function serialize(value: unknown): string {
  if (value instanceof Uint8Array)
    return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64');
  throw new TypeError('Base64 is made from bytes');
}

export const Base64Scalar = new GraphQLScalarType({
  name: 'Base64',
  description: 'Bytes in base64 with padding.',
  serialize,
  parseValue: parse,
  parseLiteral: (node) => parse(textLiteral(node)),
});
