import type { IncomingMessage } from 'node:http';
import { AssayError } from '@assay/wire';

/** The whole body. Throws G802 as soon as it is known to be longer than `limit`. */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > limit) throw tooLong(limit);
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > limit) throw tooLong(limit);
    chunks.push(chunk);
  }
  return chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks);
}

function tooLong(limit: number): AssayError {
  return new AssayError('G802', { details: { limit: 'bytes', allowed: limit } });
}
