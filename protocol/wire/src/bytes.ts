import { createHash, hash, randomFillSync } from 'node:crypto';
import { keccak256 as ethersKeccak256 } from 'ethers';
import type { Address, Hex } from './units.ts';

/** Lower-case 0x hex of bytes. */
export function toHex(bytes: Uint8Array): Hex {
  return `0x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')}`;
}

/** Bytes of 0x hex. Throws a RangeError where the text is not hex of whole bytes. */
export function fromHex(hex: string): Uint8Array {
  if (!/^0x([0-9a-fA-F]{2})*$/.test(hex))
    throw new RangeError(`not 0x-prefixed hex: ${hex.slice(0, 20)}`);
  return Uint8Array.from(Buffer.from(hex.slice(2), 'hex'));
}

const POOL_BYTES = 4096;
let pool = Buffer.alloc(0);

/** So many fresh random bytes, 4096 at most, as hex. They come from a pool: asking the system's generator for each costs more than a hash. */
export function randomHex(bytes: number): Hex {
  if (pool.byteLength < bytes) pool = randomFillSync(Buffer.alloc(POOL_BYTES));
  const taken = pool.subarray(0, bytes);
  pool = pool.subarray(bytes);
  return toHex(taken);
}

export function keccak256(bytes: Uint8Array): Hex {
  return ethersKeccak256(bytes) as Hex;
}

export function sha256(...parts: readonly (Uint8Array | string)[]): Buffer {
  const [only, ...more] = parts;
  if (only !== undefined && more.length === 0) return hash('sha256', only, 'buffer');
  const running = createHash('sha256');
  for (const part of parts) running.update(part);
  return running.digest();
}

/** The one spelling of an address inside Assay: lower case. */
export function lowerAddress(address: string): Address {
  return address.toLowerCase() as Address;
}
