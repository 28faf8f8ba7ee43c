import { pipeline } from 'node:stream/promises';
import { type BlobStore, parseBlobId } from '@assay/kit';
import { AssayError } from '@assay/wire';
import type { Exchange, Route } from './exchange.ts';
import { sendJson } from './send.ts';

const PATH = /^\/v2\/blobs\/(?<sha256>[^/]+)$/;

/** Large tensors by the sha256 of their bytes. Whoever knows the hash may read; a put is checked while it streams. */
export function blobRoutes(blobs: BlobStore): Route[] {
  const route = (method: string, handle: (exchange: Exchange) => Promise<void>): Route => ({
    name: 'blobs',
    method,
    path: PATH,
    handle,
    counted: true,
  });
  return [
    route('PUT', (exchange) => put(exchange, blobs)),
    route('GET', (exchange) => get(exchange, blobs)),
    route('HEAD', (exchange) => get(exchange, blobs)),
  ];
}

async function put({ request, response, params }: Exchange, blobs: BlobStore): Promise<void> {
  const id = parseBlobId(params.sha256 ?? '');
  const { sha256, bytes, expiresAt } = await blobs.put(id, request as AsyncIterable<Uint8Array>);
  sendJson(response, 201, { sha256, bytes, expiresAt: new Date(expiresAt).toISOString() });
}

async function get(
  { request, response, params, signal }: Exchange,
  blobs: BlobStore,
): Promise<void> {
  const id = parseBlobId(params.sha256 ?? '');
  const blob = await blobs.find(id);
  if (blob === undefined) throw new AssayError('I110', { details: { blob: id } });
  response.writeHead(200, {
    'content-type': 'application/octet-stream',
    'content-length': blob.bytes,
    etag: `"${id}"`,
  });
  if (request.method === 'HEAD') return void response.end();
  await pipeline(blob.stream(), response, { signal });
}
