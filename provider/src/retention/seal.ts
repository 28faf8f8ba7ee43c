import { createCipheriv, randomBytes } from 'node:crypto';
import type { Hex } from '@assay/wire';

export const NONCE_BYTES = 12;
export const TAG_BYTES = 16;
/** Small enough that the allocator gives the same warm memory again and again. */
const PIECE_BYTES = 64 * 1024;

/**
 * AES-256-GCM, bound to the ticket: `nonce12 | ciphertext | tag16`, in pieces of 64 KiB at most. Each is computed when it
 * is asked for, so that a large tensor neither holds the event loop nor is in memory twice.
 */
export function* seal(key: Buffer, ticket: Hex, plain: readonly Uint8Array[]): Generator<Buffer> {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(ticket));
  yield nonce;
  for (const part of plain)
    for (let at = 0; at < part.byteLength; at += PIECE_BYTES)
      yield cipher.update(part.subarray(at, at + PIECE_BYTES));
  cipher.final();
  yield cipher.getAuthTag();
}

export const sealedBytes = (plain: readonly Uint8Array[]): number =>
  plain.reduce((sum, { byteLength }) => sum + byteLength, NONCE_BYTES + TAG_BYTES);
