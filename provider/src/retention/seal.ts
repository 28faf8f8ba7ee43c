import { createCipheriv, randomBytes } from 'node:crypto';
import type { Hex } from '@assay/wire';

export const NONCE_BYTES = 12;
export const TAG_BYTES = 16;

/** AES-256-GCM, bound to the ticket: `nonce12 | ciphertext | tag16`. */
export function seal(key: Buffer, ticket: Hex, plain: Uint8Array): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(ticket));
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}
