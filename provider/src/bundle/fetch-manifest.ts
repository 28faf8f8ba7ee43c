import { Readable } from 'node:stream';
import type { ReadableStream as WebStream } from 'node:stream/web';
import { AssayError } from '@assay/wire';
import { fetchBounded } from './fetch-bounded.ts';

/** Manifests are at most 8 KiB in canonical form; this leaves room for white space. */
const MOST_BYTES = 64 * 1024;

/** Bytes of a manifest behind a URL, never more than 64 KiB of them. Throws M604 or M601. */
export async function fetchManifest(url: string): Promise<Uint8Array> {
  const { body } = await fetchBounded(url);
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of Readable.fromWeb(body as WebStream) as AsyncIterable<Uint8Array>) {
    bytes += part.byteLength;
    if (bytes > MOST_BYTES) throw new AssayError('M601', { details: { url, limit: MOST_BYTES } });
    parts.push(part);
  }
  return Buffer.concat(parts);
}
