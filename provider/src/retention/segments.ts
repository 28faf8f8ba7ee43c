import { type FileHandle, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { bySegmentAge, parseSegmentName, segmentName } from './segment-name.ts';

export interface SegmentsOptions {
  readonly directory: string;
  /** A segment this long is followed by another. */
  readonly rollBytes: number;
  /** The current hour. */
  readonly hour: () => number;
  readonly write?: WriteAll;
}

/** Writes all of the pieces at `offset`; replaced in tests by one that fails half-way. */
export type WriteAll = (
  file: FileHandle,
  pieces: readonly Buffer[],
  offset: number,
) => Promise<void>;

/** Where bytes were written. */
export interface Place {
  readonly segment: string;
  readonly offset: number;
}

/** The vault's files. Calls of `append` and `sync` must not overlap. */
export interface Segments {
  /** Writes `bytes` bytes of pieces. After a failure the next ones go to a new segment, at a known offset. */
  append(pieces: Iterable<Buffer>, bytes: number): Promise<Place>;
  /** Resolves once all that was appended is on the disk; rejects where some of it may not be. */
  sync(): Promise<void>;
  /** All of them, oldest first, the one being written last. */
  list(): Promise<
    readonly { readonly name: string; readonly hour: number; readonly size: number }[]
  >;
  /** The one being written. */
  readonly current: string | undefined;
  read(place: Place, length: number): Promise<Buffer | undefined>;
  remove(name: string): Promise<void>;
  close(): Promise<void>;
}

interface Open {
  readonly name: string;
  readonly hour: number;
  readonly file: FileHandle;
  size: number;
  dirty: boolean;
}

/** Written at once: large enough that calls cost little, small enough that sealing them does not hold the event loop. */
const WRITE_BYTES = 1024 * 1024;

export function createSegments(options: SegmentsOptions): Segments {
  const { directory, rollBytes, hour, write = writeAll } = options;
  let current: Open | undefined;
  /** Why something appended since the last `sync` may not be on the disk. */
  let loss: { readonly cause: unknown } | undefined;

  async function flush(open: Open): Promise<void> {
    if (!open.dirty) return;
    open.dirty = false;
    await open.file.datasync().catch((cause: unknown) => {
      loss ??= { cause };
    });
  }

  async function close(): Promise<void> {
    const closing = current;
    current = undefined;
    if (closing === undefined) return;
    await flush(closing);
    await closing.file.close().catch(() => undefined);
  }

  /** Never a file that exists: what is at the end of it after a crash or a full disk is not known. */
  async function begin(): Promise<Open> {
    await close();
    const now = hour();
    const parts = (await names()).filter((name) => name.hour === now).map(({ part }) => part);
    const name = segmentName({ hour: now, part: Math.max(-1, ...parts) + 1 });
    const file = await open(join(directory, name), 'wx', 0o600);
    await flushNames(directory);
    return { name, hour: now, file, size: 0, dirty: false };
  }

  async function names() {
    const found = (await readdir(directory)).map(parseSegmentName);
    return found.filter((name) => name !== undefined).toSorted(bySegmentAge);
  }

  return {
    get current() {
      return current?.name;
    },
    async append(pieces, bytes) {
      const full = current !== undefined && current.size > 0 && current.size + bytes > rollBytes;
      if (current === undefined || current.hour !== hour() || full) current = await begin();
      const at = current;
      const place = { segment: at.name, offset: at.size };
      try {
        for (const group of grouped(pieces)) {
          at.dirty = true;
          await write(at.file, group, at.size);
          at.size += lengthOf(group);
        }
      } catch (error) {
        await close();
        throw error;
      }
      return place;
    },
    async sync() {
      if (current) await flush(current);
      const failed = loss;
      loss = undefined;
      if (failed === undefined) return;
      await close();
      throw failed.cause;
    },
    async list() {
      const files = (await names()).map(async (name) => {
        const file = segmentName(name);
        return { name: file, hour: name.hour, size: (await stat(join(directory, file))).size };
      });
      return Promise.all(files);
    },
    async read({ segment, offset }, length) {
      const file = await open(join(directory, segment), 'r').catch(() => undefined);
      if (file === undefined) return undefined;
      try {
        const bytes = Buffer.alloc(length);
        const { bytesRead } = await file.read(bytes, 0, length, offset);
        return bytesRead === length ? bytes : undefined;
      } finally {
        await file.close();
      }
    },
    async remove(name) {
      if (current?.name === name) await close();
      await rm(join(directory, name), { force: true });
    },
    close,
  };
}

/** What a new file is called is on the disk only with its directory. */
async function flushNames(directory: string): Promise<void> {
  const names = await open(directory, 'r');
  await names.sync().finally(() => names.close());
}

function* grouped(pieces: Iterable<Buffer>): Generator<readonly Buffer[]> {
  let group: Buffer[] = [];
  let bytes = 0;
  for (const piece of pieces) {
    group.push(piece);
    bytes += piece.byteLength;
    if (bytes < WRITE_BYTES) continue;
    yield group;
    group = [];
    bytes = 0;
  }
  if (group.length > 0) yield group;
}

const lengthOf = (pieces: readonly Buffer[]): number =>
  pieces.reduce((sum, { byteLength }) => sum + byteLength, 0);

async function writeAll(
  file: FileHandle,
  pieces: readonly Buffer[],
  offset: number,
): Promise<void> {
  let rest = pieces;
  for (let at = offset; rest.length > 0; ) {
    const { bytesWritten } = await file.writev(rest, at);
    at += bytesWritten;
    rest = without(rest, bytesWritten);
  }
}

/** What is left of the pieces after their first `bytes` bytes. */
function without(pieces: readonly Buffer[], bytes: number): readonly Buffer[] {
  let done = bytes;
  let whole = 0;
  for (const { byteLength } of pieces) {
    if (byteLength > done) break;
    done -= byteLength;
    whole += 1;
  }
  const [cut, ...others] = pieces.slice(whole);
  return cut === undefined ? [] : [cut.subarray(done), ...others];
}
