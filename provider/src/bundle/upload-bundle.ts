import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { AssayError, parseManifest } from '@assay/wire';

export interface UploadOptions {
  readonly directory: string;
  /** HTTP folder that takes PUT. */
  readonly base: string;
  readonly onProgress?: (sent: number, total: number) => void;
}

/** Puts a bundle's files, then its manifest, under one address and gives that address. Throws M604 where the server refuses. */
export async function uploadBundle({
  directory,
  base,
  onProgress,
}: UploadOptions): Promise<string> {
  const manifest = parseManifest(await readFile(join(directory, 'manifest.json')));
  const total = manifest.files.reduce((sum, { bytes }) => sum + bytes, 0);
  let sent = 0;
  const count = (bytes: number): void => {
    sent += bytes;
    onProgress?.(Math.min(sent, total), total);
  };
  for (const { path } of manifest.files) await put(join(directory, path), `${base}/${path}`, count);
  await put(join(directory, 'manifest.json'), `${base}/manifest.json`, () => {});
  return base;
}

async function put(file: string, url: string, count: (bytes: number) => void): Promise<void> {
  const { size } = await stat(file);
  const stream = createReadStream(file).on('data', (chunk) => count(chunk.length));
  const request = {
    method: 'PUT',
    headers: { 'content-length': String(size) },
    body: Readable.toWeb(stream),
    duplex: 'half',
  };
  const response = await fetch(url, request as unknown as RequestInit).catch((cause: unknown) => {
    throw new AssayError('M604', {
      cause,
      details: { url, reason: 'the upload address does not answer' },
    });
  });
  if (!response.ok)
    throw new AssayError('M604', {
      details: { url, status: response.status, reason: 'the upload was refused' },
    });
}
