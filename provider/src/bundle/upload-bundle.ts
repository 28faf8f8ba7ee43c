import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { AssayError, parseManifest } from '@assay/wire';

export interface UploadOptions {
  readonly directory: string;
  /** HTTP folder that takes PUT. */
  readonly base: string;
  /** Sent with each file: what the store asks for, such as `authorization`. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly onProgress?: (sent: number, total: number) => void;
}

/** Puts a bundle's files, then its manifest, under one address and gives that address. Throws M604 where the server refuses. */
export async function uploadBundle({
  directory,
  base,
  headers = {},
  onProgress,
}: UploadOptions): Promise<string> {
  const manifest = parseManifest(await readFile(join(directory, 'manifest.json')));
  const total = manifest.files.reduce((sum, { bytes }) => sum + bytes, 0);
  let sent = 0;
  const count = (bytes: number): void => {
    sent += bytes;
    onProgress?.(Math.min(sent, total), total);
  };
  const paths = manifest.files.map(({ path }) => path);
  // The manifest last: where it is, the files are.
  for (const path of [...paths, 'manifest.json']) {
    const counting = path === 'manifest.json' ? () => {} : count;
    await put(join(directory, path), `${base}/${path}`, { headers, count: counting });
  }
  return base;
}

async function put(
  file: string,
  url: string,
  { headers, count }: { headers: Readonly<Record<string, string>>; count: (bytes: number) => void },
): Promise<void> {
  const { size } = await stat(file);
  const stream = createReadStream(file).on('data', (chunk) => count(chunk.length));
  const request = {
    method: 'PUT',
    headers: { ...headers, 'content-length': String(size) },
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
