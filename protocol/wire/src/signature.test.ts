import { SigningKey } from 'ethers';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toHex } from './bytes.ts';
import { isSignedBy, recoverSigner, signerOf } from './signature.ts';
import type { Hex } from './units.ts';

const PRIVATE_KEY = `0x${'42'.repeat(32)}` as const;
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const digests = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(toHex);

test('signs as ethers does, and recovers the signer', () => {
  const signer = signerOf(PRIVATE_KEY);
  fc.assert(
    fc.property(digests, (digest) => {
      const signature = signer.sign(digest);
      expect(signature).toBe(new SigningKey(PRIVATE_KEY).sign(digest).serialized);
      expect(recoverSigner(digest, signature)).toBe(signer.address);
    }),
    { numRuns: 30 },
  );
});

test('refuses the second encoding of a signature', () => {
  const digest = toHex(new Uint8Array(32).fill(7));
  const signature = signerOf(PRIVATE_KEY).sign(digest);
  const s = BigInt(`0x${signature.slice(66, 130)}`);
  const flippedV = signature.endsWith('1b') ? '1c' : '1b';
  const highS = (ORDER - s).toString(16).padStart(64, '0');
  expect(recoverSigner(digest, `${signature.slice(0, 66)}${highS}${flippedV}`)).toBeUndefined();
});

test('arbitrary bytes are nobody’s signature, and never throw', () => {
  const digest = toHex(new Uint8Array(32).fill(7));
  const { address } = signerOf(PRIVATE_KEY);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70 }).map(toHex), (bytes) => {
      expect(isSignedBy(address, digest, bytes)).toBe(false);
    }),
  );
  for (const zero of [
    '',
    '0x',
    `0x${'00'.repeat(65)}`,
    `0x${'00'.repeat(64)}1b`,
    `0x${'ff'.repeat(65)}`,
  ]) {
    expect(recoverSigner(digest, zero as Hex)).toBeUndefined();
  }
});
