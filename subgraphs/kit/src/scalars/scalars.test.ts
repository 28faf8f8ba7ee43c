import type { GraphQLScalarType } from 'graphql';
import { expect, it } from 'vitest';
import { AddressScalar, Base64Scalar, BigIntScalar, DateTimeScalar, HexScalar } from './index.ts';

it.each([
  [AddressScalar, `0x${'Ab'.repeat(20)}`, `0x${'ab'.repeat(20)}`],
  [HexScalar, '0xABcd', '0xabcd'],
  [BigIntScalar, '340282366920938463463374607431768211456', 2n ** 128n],
  [BigIntScalar, -7, -7n],
  [DateTimeScalar, '2026-11-22T12:00:00+02:00', new Date('2026-11-22T10:00:00.000Z')],
] as [GraphQLScalarType, unknown, unknown][])('%s reads %s', (scalar, sent, read) => {
  expect(scalar.parseValue(sent)).toEqual(read);
});

it.each([
  [BigIntScalar, 2n ** 128n, '340282366920938463463374607431768211456'],
  [Base64Scalar, Uint8Array.of(1, 2, 3), 'AQID'],
  [DateTimeScalar, 0, '1970-01-01T00:00:00.000Z'],
] as [GraphQLScalarType, unknown, unknown][])('%s answers %s', (scalar, value, answered) => {
  expect(scalar.serialize(value)).toBe(answered);
});

it.each([
  [AddressScalar, '0x12'],
  [AddressScalar, 5],
  [HexScalar, '0x123'],
  [HexScalar, 'abcd'],
  [BigIntScalar, '1.5'],
  [BigIntScalar, 2 ** 60],
  [BigIntScalar, '9'.repeat(79)],
  [Base64Scalar, 'AQI'],
  [Base64Scalar, 'AQ\n='],
  [DateTimeScalar, '2026-11-22'],
  [DateTimeScalar, '2026-13-45T00:00:00Z'],
] as [GraphQLScalarType, unknown][])('%s refuses %s with I100', (scalar, sent) => {
  expect(() => scalar.parseValue(sent)).toThrow(expect.objectContaining({ code: 'I100' }));
});
