import { TypedDataEncoder } from 'ethers';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toHex } from './bytes.ts';
import {
  digestOf,
  policyHash,
  SIGNED_TYPES,
  type Signed,
  type SignedType,
  typedFields,
} from './eip712.ts';

const domain = {
  chainId: 31337,
  verifyingContract: '0x5fbdb2315678afecb367f032d93f642f64180aa3',
} as const;
const hexOf = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map(toHex);

const arbitraryOf = {
  address: hexOf(20),
  bytes32: hexOf(32),
  uint32: fc.nat(0xffff_ffff),
  uint64: fc.bigInt(0n, 2n ** 64n - 1n),
  uint128: fc.bigInt(0n, 2n ** 128n - 1n),
} as const;

function messageOf(type: SignedType) {
  const fields = typedFields(type)[type] ?? [];
  return fc.record(
    Object.fromEntries(
      fields.map(({ name, type }) => [
        name,
        arbitraryOf[type as keyof typeof arbitraryOf] as fc.Arbitrary<unknown>,
      ]),
    ),
  );
}

test.each(Object.keys(SIGNED_TYPES) as SignedType[])(
  '%s has the digest ethers computes',
  (type) => {
    fc.assert(
      fc.property(messageOf(type), (message) => {
        const expected = TypedDataEncoder.hash(
          { name: 'Assay', version: '1', ...domain },
          typedFields(type),
          message,
        );
        expect(digestOf(domain, type, message as unknown as Signed[typeof type])).toBe(expected);
      }),
      { numRuns: 50 },
    );
  },
);

test('a policy has the struct hash ethers computes', () => {
  const types = {
    Policy: [
      { name: 'maxPerJob', type: 'uint128' },
      { name: 'maxPerPeriod', type: 'uint128' },
      { name: 'periodSeconds', type: 'uint32' },
      { name: 'models', type: 'bytes32[]' },
    ],
  };
  fc.assert(
    fc.property(
      fc.record({
        maxPerJob: arbitraryOf.uint128,
        maxPerPeriod: arbitraryOf.uint128,
        periodSeconds: arbitraryOf.uint32,
        models: fc.array(arbitraryOf.bytes32, { maxLength: 5 }),
      }),
      (policy) => {
        expect(policyHash(policy)).toBe(TypedDataEncoder.hashStruct('Policy', types, policy));
      },
    ),
    { numRuns: 50 },
  );
});

test('refuses values that do not fit their type', () => {
  const voucher = {
    sessionId: toHex(new Uint8Array(32)),
    offerId: toHex(new Uint8Array(32)),
    cumulative: 1n,
  };
  expect(() => digestOf(domain, 'Voucher', { ...voucher, cumulative: 2n ** 128n })).toThrow(
    RangeError,
  );
  expect(() => digestOf(domain, 'Voucher', { ...voucher, cumulative: -1n })).toThrow(RangeError);
  expect(() => digestOf(domain, 'Voucher', { ...voucher, offerId: '0x12' })).toThrow(RangeError);
  expect(() =>
    digestOf(domain, 'Voucher', { ...voucher, offerId: `0x${'zz'.repeat(32)}` }),
  ).toThrow(RangeError);
});
