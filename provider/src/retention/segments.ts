import { type FileHandle, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { bySegmentAge, parseSegmentName, segmentName } from './segment-name.ts';

export interface SegmentsOptions {
  readonly directory: string;
  /** A segment this long is followed by another. */
  readonly rollBytes: number;
  /** The current hour. */
  readonly hour: () => number;
  /** Writes all of `bytes` at `offset`; replaced in tests by one that fails half-way. */
  readonly write?: (file: FileHandle, bytes: Buffer, offset: number) => Promise<void>;
}

/** Where bytes were written. */
export interface Place {
  readonly segment: string;
  readonly offset: number;
}

/** The vault's files. Calls of `append` must not overlap. */
export interface Segments {
  /** Resolves once the bytes are on the disk. After a failure the next ones go to a new segment, at a known offset. */
  append(bytes: Buffer): Promise<Place>;
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
}

export function createSegments(options: SegmentsOptions): Segments {
  const { directory, rollBytes, hour, write = writeAll } = options;
  let current: Open | undefined;

  async function close(): Promise<void> {
    const closing = current;
    current = undefined;
    await closing?.file.close().catch(() => undefined);
  }

  /** Never a file that exists: what is at the end of it after a crash or a full disk is not known. */
  async function begin(): Promise<Open> {
    await close();
    const now = hour();
    const parts = (await names()).filter((name) => name.hour === now).map(({ part }) => part);
    const name = segmentName({ hour: now, part: Math.max(-1, ...parts) + 1 });
    const file = await open(join(directory, name), 'wx', 0o600);
    return { name, hour: now, file, size: 0 };
  }

  async function names() {
    const found = (await readdir(directory)).map(parseSegmentName);
    return found.filter((name) => name !== undefined).toSorted(bySegmentAge);
  }

  return {
    get current() {
      return current?.name;
    },
    async append(bytes) {
      const full =
        current !== undefined && current.size > 0 && current.size + bytes.length > rollBytes;
      if (current === undefined || current.hour !== hour() || full) current = await begin();
      const at = current;
      try {
        await write(at.file, bytes, at.size);
        await at.file.datasync();
      } catch (error) {
        await close();
        throw error;
      }
      const place = { segment: at.name, offset: at.size };
      at.size += bytes.byteLength;
      return place;
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

async function writeAll(file: FileHandle, bytes: Buffer, offset: number): Promise<void> {
  let done = 0;
  while (done < bytes.byteLength) {
    const { bytesWritten } = await file.write(bytes, done, bytes.byteLength - done, offset + done);
    done += bytesWritten;
  }
}
