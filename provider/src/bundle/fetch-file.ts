import { createHash, type Hash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as WebStream } from 'node:stream/web';
import { AssayError, type Hex, toHex } from '@assay/wire';
import { fetchBounded } from './fetch-bounded.ts';

export type FetchProgress = (progress: {
  readonly file: string;
  readonly received: number;
  readonly total: number;
}) => void;

export interface FetchOptions {
  readonly url: string;
  readonly target: string;
  readonly file: { readonly path: string; readonly bytes: number };
  readonly onProgress?: FetchProgress;
  readonly signal?: AbortSignal;
}

export interface Fetched {
  readonly sha256: Hex;
  readonly bytes: number;
}

/**
 * Downloads into `target`, going on where an earlier attempt stopped, never taking more bytes than the manifest says.
 * The hash is of all bytes, taken as they pass: only what was there already is read again. Throws M602 where the server
 * sends too much, M604 where it does not have it.
 */
export async function fetchFile(options: FetchOptions): Promise<Fetched> {
  const { url, target, file, signal } = options;
  const have = await sizeOf(target);
  const kept = have <= file.bytes ? have : 0;
  if (kept === file.bytes) return { sha256: toHex((await hashOf(target)).digest()), bytes: kept };
  const headers: Record<string, string> = kept > 0 ? { range: `bytes=${kept}-` } : {};
  const response = await fetchBounded(url, { headers, signal });
  // A server that ignores the range sends everything again.
  const start = response.status === 206 ? kept : 0;
  const announced = Number(response.headers.get('content-length') ?? 0);
  if (start + announced > file.bytes) {
    await response.body.cancel();
    throw tooLong(options);
  }
  const hash = start > 0 ? await hashOf(target) : createHash('sha256');
  const counter = count(options, start, hash);
  await pipeline(
    Readable.fromWeb(response.body as WebStream),
    counter.stream,
    createWriteStream(target, { flags: start > 0 ? 'a' : 'w' }),
    { signal: signal as AbortSignal },
  );
  return { sha256: toHex(hash.digest()), bytes: counter.received() };
}

function count(options: FetchOptions, start: number, hash: Hash) {
  const { file, onProgress } = options;
  let received = start;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      received += chunk.byteLength;
      if (received > file.bytes) return done(tooLong(options));
      hash.update(chunk);
      onProgress?.({ file: file.path, received, total: file.bytes });
      done(null, chunk);
    },
  });
  return { stream, received: () => received };
}

function tooLong({ file, url }: FetchOptions): AssayError {
  const reason = 'longer than the manifest says';
  return new AssayError('M602', {
    details: { file: file.path, url, reason, expectedBytes: file.bytes },
  });
}

function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

async function hashOf(path: string): Promise<Hash> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash;
}
