import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { AssayError, type Hex, sha256 as sha256Of, TENSOR_LIMITS, toHex } from '@assay/wire';
import type { BlobSource, BlobStore, StoredBlob } from './blob-store.ts';
import { sweepBlobs } from './sweep-blobs.ts';

export interface FileBlobStoreOptions {
  readonly dir: string;
  /** Largest blob; defaults to the largest tensor. */
  readonly maxBytes?: number;
  /** How long a blob lives after its last put; outputs are kept ten minutes. */
  readonly retentionMs?: number;
  /** What all blobs together may take; puts beyond it are refused until older ones expire. */
  readonly maxTotalBytes?: number;
  readonly sweepMs?: number;
  readonly now?: () => number;
}

const TEN_MINUTES = 600_000;
const TEN_GIBIBYTES = 10 * 1024 ** 3;

/** A BlobStore in a directory: `<dir>/ab/<sha256>`, whose mtime is the moment it expires. */
export async function createFileBlobStore(options: FileBlobStoreOptions): Promise<BlobStore> {
  const {
    dir,
    maxBytes = TENSOR_LIMITS.bytes,
    retentionMs = TEN_MINUTES,
    now = Date.now,
  } = options;
  const incoming = join(dir, 'incoming');
  await mkdir(incoming, { recursive: true });
  const { maxTotalBytes = TEN_GIBIBYTES } = options;
  /** What is stored, as of the last sweep and what this store has put since. */
  let stored = await sweepBlobs(dir, now());

  const pathOf = (sha256: Hex) => join(dir, sha256.slice(2, 4), sha256.slice(2));

  async function find(sha256: Hex): Promise<StoredBlob | undefined> {
    const path = pathOf(sha256);
    const stats = await stat(path).catch(absent);
    if (stats === undefined || stats.mtimeMs <= now()) return undefined;
    const stream = () => createReadStream(path);
    return { sha256, bytes: stats.size, expiresAt: stats.mtimeMs, stream };
  }

  async function put(sha256: Hex, source: BlobSource): Promise<StoredBlob> {
    if (stored >= maxTotalBytes) throw full(maxTotalBytes);
    const temporary = join(incoming, randomUUID());
    try {
      const bytes = await receive(temporary, source, { sha256, maxBytes });
      const expiresAt = now() + retentionMs;
      await utimes(temporary, new Date(), new Date(expiresAt));
      await mkdir(join(dir, sha256.slice(2, 4)), { recursive: true });
      await rename(temporary, pathOf(sha256));
      stored += bytes;
      return { sha256, bytes, expiresAt, stream: () => createReadStream(pathOf(sha256)) };
    } finally {
      await rm(temporary, { force: true });
    }
  }

  const sweep = setInterval(() => {
    sweepBlobs(dir, now()).then(
      (bytes) => {
        stored = bytes;
      },
      () => undefined, // the next sweep tries again
    );
  }, options.sweepMs ?? 60_000);
  sweep.unref();

  return {
    put,
    find,
    add: (bytes) => put(toHex(sha256Of(bytes)), [bytes]),
    async read(sha256) {
      if ((await find(sha256)) === undefined) throw unknownBlob(sha256);
      return (await readFile(pathOf(sha256)).catch(absent)) ?? Promise.reject(unknownBlob(sha256));
    },
    remove: (sha256) => rm(pathOf(sha256), { force: true }),
    async close() {
      clearInterval(sweep);
    },
  };
}

/** Writes the source to a file; the file is on disk when this returns. */
async function receive(
  path: string,
  source: BlobSource,
  expected: { sha256: Hex; maxBytes: number },
): Promise<number> {
  const file = await open(path, 'wx');
  try {
    const bytes = await copyChecked(file, source, expected);
    await file.datasync();
    return bytes;
  } finally {
    await file.close();
  }
}

async function copyChecked(
  file: FileHandle,
  source: BlobSource,
  expected: { sha256: Hex; maxBytes: number },
): Promise<number> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of source) {
    bytes += chunk.byteLength;
    if (bytes > expected.maxBytes) throw tooLarge(expected.maxBytes);
    hash.update(chunk);
    await file.writeFile(chunk);
  }
  const actual: Hex = `0x${hash.digest('hex')}`;
  if (actual !== expected.sha256) throw otherHash(expected.sha256, actual);
  return bytes;
}

function absent(cause: NodeJS.ErrnoException): undefined {
  if (cause.code !== 'ENOENT') throw cause;
}

function tooLarge(limit: number): AssayError {
  return new AssayError('G802', { details: { limit }, hint: `A blob has at most ${limit} bytes.` });
}

function full(limit: number): AssayError {
  return new AssayError('G801', {
    details: { limit },
    hint: 'All space for blobs is taken: try again when older ones have expired.',
    retryAfterMs: 60_000,
  });
}

function otherHash(expected: Hex, actual: Hex): AssayError {
  return new AssayError('I100', {
    details: { field: 'sha256', expected, actual },
    hint: 'PUT the bytes under their own sha256; nothing was stored.',
  });
}

function unknownBlob(blob: Hex): AssayError {
  return new AssayError('I110', { details: { blob } });
}
