import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
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
  /**
   * Takes what `source` yields to the disk, then has it checked, one evidence in memory at a time; visible only once it is
   * whole. Throws G801 where all space is taken, G802 for too many bytes, and what `check` throws; then nothing stays.
   */
  take(ticket: Hex, source: AsyncIterable<Uint8Array>, terms: ShelfTerms): Promise<void>;
  remove(ticket: Hex): Promise<void>;
  /** Deletes what is past the end of its dispute. */
  sweep(): Promise<void>;
  close(): void;
}

export interface ShelfTerms {
  readonly maxBytes: number;
  /** Unix seconds. */
  readonly endsAt: number;
  readonly check: (bytes: Uint8Array) => void;
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

  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };

  async function take(
    ticket: Hex,
    source: AsyncIterable<Uint8Array>,
    { maxBytes, endsAt, check }: ShelfTerms,
  ): Promise<void> {
    if ((await sweep()) + maxBytes > maxTotalBytes)
      throw new AssayError('G801', {
        details: { limit: maxTotalBytes },
        hint: 'All space for evidence is taken: try again when a dispute has ended.',
        retryAfterMs: 60_000,
      });
    const temporary = join(dir, `${randomUUID()}.new`);
    try {
      await receive(temporary, source, maxBytes);
      await inTurn(async () => check(await readFile(temporary)));
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
    take,
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

async function receive(
  path: string,
  source: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    let bytes = 0;
    for await (const part of source) {
      bytes += part.byteLength;
      if (bytes > maxBytes) throw new AssayError('G802', { details: { allowed: maxBytes } });
      await file.writeFile(part);
    }
    await file.datasync();
  } finally {
    await file.close();
  }
}
