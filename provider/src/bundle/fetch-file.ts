import { createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream as WebStream } from 'node:stream/web';
import { AssayError } from '@assay/wire';

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

/**
 * Downloads into `target`, going on where an earlier attempt stopped, never taking more bytes than the manifest says.
 * The caller checks the hash of the whole. Throws M604 where the server does not have it.
 */
export async function fetchFile({
  url,
  target,
  file,
  onProgress,
  signal,
}: FetchOptions): Promise<void> {
  const have = await stat(target).then(
    ({ size }) => Math.min(size, file.bytes),
    () => 0,
  );
  if (have === file.bytes) return;
  const response = await fetch(url, {
    headers: have > 0 ? { range: `bytes=${have}-` } : {},
    signal: signal ?? null,
  }).catch((cause: unknown) => {
    throw new AssayError('M604', { cause, details: { file: file.path, url } });
  });
  if (!response.ok || !response.body)
    throw new AssayError('M604', { details: { file: file.path, url, status: response.status } });
  // A server that ignores the range sends everything again.
  const start = response.status === 206 ? have : 0;
  let received = start;
  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      received += chunk.byteLength;
      if (received > file.bytes)
        return done(
          new AssayError('M602', {
            details: {
              file: file.path,
              url,
              reason: 'longer than the manifest says',
              expectedBytes: file.bytes,
            },
          }),
        );
      onProgress?.({ file: file.path, received, total: file.bytes });
      done(null, chunk);
    },
  });
  await pipeline(
    Readable.fromWeb(response.body as WebStream),
    count,
    createWriteStream(target, { flags: start > 0 ? 'a' : 'w' }),
    { signal: signal as AbortSignal },
  );
}
