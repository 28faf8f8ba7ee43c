import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { AssayError, type Hex } from '@assay/wire';

export interface EvidenceShelfOptions {
  readonly dir: string;
  /** What all evidence together may take. */
  readonly maxTotalBytes?: number;
  readonly sweepMs?: number;
  readonly now?: () => number;
}

/** Evidence of open disputes on this gateway's disk: somebody's plaintext, gone when its dispute ends. */
export interface EvidenceShelf {
  find(ticket: Hex): Promise<ShelvedEvidence | undefined>;
  /** Visible only once it is whole and on the disk. Throws G801 where all space is taken. */
  keep(ticket: Hex, bytes: Uint8Array, endsAt: number): Promise<void>;
  remove(ticket: Hex): Promise<void>;
  /** Deletes what is past the end of its dispute. */
  sweep(): Promise<void>;
  close(): void;
}

export interface ShelvedEvidence {
  readonly bytes: number;
  stream(): AsyncIterable<Uint8Array>;
}

const FOUR_GIBIBYTES = 4 * 1024 ** 3;
const ABANDONED_MS = 3_600_000;

/** A shelf in a directory: `<dir>/<ticket>`, whose mtime is the moment it expires, as with blobs. */
export async function createEvidenceShelf(options: EvidenceShelfOptions): Promise<EvidenceShelf> {
  const { dir, maxTotalBytes = FOUR_GIBIBYTES, now = Date.now } = options;
  await mkdir(dir, { recursive: true, mode: 0o700 });

  async function sweep(): Promise<number> {
    let stored = 0;
    for (const name of await readdir(dir)) {
      const path = join(dir, name);
      const stats = await stat(path).catch(() => undefined);
      if (stats === undefined) continue;
      const deadline = name.endsWith('.new') ? now() - ABANDONED_MS : now();
      if (stats.mtimeMs <= deadline) await rm(path, { force: true });
      else stored += stats.size;
    }
    return stored;
  }

  async function keep(ticket: Hex, bytes: Uint8Array, endsAt: number): Promise<void> {
    if ((await sweep()) + bytes.byteLength > maxTotalBytes)
      throw new AssayError('G801', {
        details: { limit: maxTotalBytes },
        hint: 'All space for evidence is taken: try again when a dispute has ended.',
        retryAfterMs: 60_000,
      });
    const temporary = join(dir, `${randomUUID()}.new`);
    try {
      await writeDurably(temporary, bytes);
      await utimes(temporary, new Date(), new Date(endsAt * 1000));
      await rename(temporary, join(dir, ticket));
    } finally {
      await rm(temporary, { force: true });
    }
  }

  await sweep();
  const timer = setInterval(() => void sweep().catch(() => undefined), options.sweepMs ?? 60_000);
  timer.unref();
  return {
    keep,
    async find(ticket) {
      const path = join(dir, ticket);
      const stats = await stat(path).catch(() => undefined);
      if (stats === undefined || stats.mtimeMs <= now()) return undefined;
      return { bytes: stats.size, stream: () => createReadStream(path) };
    },
    remove: (ticket) => rm(join(dir, ticket), { force: true }),
    async sweep() {
      await sweep();
    },
    close: () => clearInterval(timer),
  };
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    await file.writeFile(bytes);
    await file.datasync();
  } finally {
    await file.close();
  }
}
