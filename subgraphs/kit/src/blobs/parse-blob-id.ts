import { AssayError, type Hex } from '@assay/wire';

/** The sha256 a client names, with or without 0x and in any case. Throws I100 for anything else. */
export function parseBlobId(text: string): Hex {
  const digits = text.startsWith('0x') ? text.slice(2) : text;
  if (/^[0-9a-fA-F]{64}$/.test(digits)) return `0x${digits.toLowerCase()}`;
  throw new AssayError('I100', {
    details: { field: 'sha256', reason: 'not 32 bytes of hex' },
    hint: 'Name the blob by the sha256 of its bytes: /v2/blobs/0x<64 hex digits>.',
  });
}
