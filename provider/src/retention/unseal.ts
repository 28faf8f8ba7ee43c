import { createDecipheriv } from 'node:crypto';
import type { Hex } from '@assay/wire';
import { NONCE_BYTES, TAG_BYTES } from './seal.ts';

/** Undefined for what was changed, cut off, or sealed under another key or for another ticket. */
export function unseal(key: Buffer, ticket: Hex, sealed: Buffer): Uint8Array | undefined {
  if (sealed.byteLength < NONCE_BYTES + TAG_BYTES) return undefined;
  try {
    const nonce = sealed.subarray(0, NONCE_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(ticket));
    decipher.setAuthTag(sealed.subarray(sealed.byteLength - TAG_BYTES));
    return Buffer.concat([
      decipher.update(sealed.subarray(NONCE_BYTES, sealed.byteLength - TAG_BYTES)),
      decipher.final(),
    ]);
  } catch {
    return undefined;
  }
}
