import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AssayError, toHex } from '@assay/wire';
import type { Fetched } from './fetch-file.ts';

interface CopyOptions {
  /** The bundle's folder: what leads out of it, by its path or through a link, is refused. */
  readonly root: string;
  readonly path: string;
  readonly target: string;
  readonly bytes: number;
}

/** Copies one file of a bundle, hashing it on the way. Throws M600, M602 where it is too long, or M604 where it is missing. */
export async function copyFile({ root, path, target, bytes }: CopyOptions): Promise<Fetched> {
  const source = await resolveInside(root, path);
  const hash = createHash('sha256');
  let copied = 0;
  const watch = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      copied += chunk.byteLength;
      if (copied > bytes) {
        const reason = 'longer than the manifest says';
        return done(
          new AssayError('M602', { details: { file: path, reason, expectedBytes: bytes } }),
        );
      }
      hash.update(chunk);
      done(null, chunk);
    },
  });
  await pipeline(createReadStream(source), watch, createWriteStream(target, { flags: 'wx' }));
  return { sha256: toHex(hash.digest()), bytes: copied };
}

async function resolveInside(root: string, path: string): Promise<string> {
  const missing = (cause: unknown): never => {
    throw new AssayError('M604', { cause, details: { file: path, path: join(root, path) } });
  };
  if (!path.split('/').includes('..')) {
    const source = await realpath(join(root, path)).catch(missing);
    if (source.startsWith((await realpath(root)) + sep)) return source;
  }
  throw new AssayError('M600', { details: { file: path, reason: 'it leads out of the bundle' } });
}
