import { computeAddress } from 'ethers';
import * as secp256k1 from 'tiny-secp256k1';
import { fromHex, keccak256, lowerAddress, toHex } from './bytes.ts';
import type { Address, Hex } from './units.ts';

/** A secp256k1 key held in memory; signs digests in 65-byte r ‖ s ‖ v form with low s. */
export interface Signer {
  readonly address: Address;
  sign(digest: Hex): Hex;
}

export function signerOf(privateKey: Hex): Signer {
  const secret = fromHex(privateKey);
  const address = lowerAddress(computeAddress(privateKey));
  return {
    address,
    sign(digest) {
      const { signature, recoveryId } = secp256k1.signRecoverable(fromHex(digest), secret);
      return toHex(Buffer.concat([signature, Buffer.from([27 + recoveryId])]));
    },
  };
}

const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;

/**
 * Who signed a digest, or undefined for anything that is not a canonical signature (65 bytes, v 27/28, low s):
 * one message never has two encodings.
 */
export function recoverSigner(digest: Hex, signature: string): Address | undefined {
  if (!/^0x[0-9a-fA-F]{130}$/.test(signature)) return undefined;
  const bytes = fromHex(signature);
  const recoveryId = (bytes[64] ?? 0) - 27;
  if (recoveryId !== 0 && recoveryId !== 1) return undefined;
  if (BigInt(toHex(bytes.subarray(32, 64))) > HALF_ORDER) return undefined;
  try {
    const key = secp256k1.recover(fromHex(digest), bytes.subarray(0, 64), recoveryId, false);
    return key === null ? undefined : lowerAddress(`0x${keccak256(key.subarray(1)).slice(-40)}`);
  } catch {
    return undefined; // r or s outside the field: nobody's signature
  }
}

export function isSignedBy(signer: string, digest: Hex, signature: string): boolean {
  return recoverSigner(digest, signature) === signer.toLowerCase();
}
