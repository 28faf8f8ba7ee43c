import * as wire from '@assay/wire';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { digestOf, fieldsOf, policyHash } from './typed-data.ts';

const bytes = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((value) => wire.toHex(value));
const uint = (bits: number) => fc.bigInt(0n, (1n << BigInt(bits)) - 1n);
const domainOf = (verifyingContract: wire.Address) => ({ chainId: 31_337, verifyingContract });

test('signs the very types that the wire package defines', () => {
  for (const type of ['Grant', 'TopUp', 'Close', 'Voucher'] as const) {
    expect(fieldsOf(type)).toEqual(wire.typedFields(type));
  }
  expect(fieldsOf('ReceiveWithAuthorization')).toEqual(wire.RECEIVE_WITH_AUTHORIZATION);
});

test('digests a voucher as the wire package does', () => {
  fc.assert(
    fc.property(
      bytes(20),
      bytes(32),
      bytes(32),
      uint(128),
      (escrow, sessionId, offerId, cumulative) => {
        const domain = {
          name: wire.DOMAIN_NAME,
          version: wire.DOMAIN_VERSION,
          ...domainOf(escrow),
        };
        const voucher = { sessionId, offerId, cumulative };
        expect(digestOf(domain, 'Voucher', voucher)).toBe(
          wire.digestOf(domainOf(escrow), 'Voucher', voucher),
        );
      },
    ),
  );
});

test('hashes a policy as the wire package does', () => {
  const policies = fc.record({
    maxPerJob: uint(128),
    maxPerPeriod: uint(128),
    periodSeconds: uint(32).map(Number),
    models: fc.array(bytes(32), { maxLength: 4 }),
  });
  fc.assert(
    fc.property(policies, (policy) => {
      expect(policyHash(policy)).toBe(wire.policyHash(policy));
    }),
  );
});
