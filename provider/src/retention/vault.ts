import { hkdfSync } from 'node:crypto';
import { type FileHandle, mkdir } from 'node:fs/promises';
import type { Hex } from '@assay/wire';
import type { Logger } from 'pino';
import type { Journal, Row } from '../store/journal.ts';
import { seal } from './seal.ts';
import { createSegments, type Place } from './segments.ts';
import { unseal } from './unseal.ts';

const SEGMENT_MS = 3_600_000;
const SWEEP_MS = 600_000;
/** So that the limit can be kept by deleting whole files, the oldest first. */
const SEGMENTS_AT_LEAST = 16;
const LARGEST_SEGMENT = 64 * 1024 * 1024;

export interface VaultOptions {
  readonly directory: string;
  readonly journal: Journal;
  /** The vault's own, of 32 bytes. */
  readonly key: Buffer;
  /** Receipt keys from which older versions derived the vault's: what they sealed is still read. */
  readonly olderSecrets?: readonly Hex[];
  /** 0 keeps nothing. */
  readonly keepMs: number;
  readonly maxBytes: number;
  readonly now: () => number;
  readonly log: Logger;
  /** See `createSegments`. */
  readonly write?: (file: FileHandle, bytes: Buffer, offset: number) => Promise<void>;
}

/** What was asked and answered, encrypted, an hour or less to a file, deleted when nobody can dispute it any more. */
export interface Vault {
  /** Resolves once it is on the disk, and found again by `get`. */
  put(ticket: Hex, plain: Uint8Array): Promise<void>;
  get(ticket: Hex): Promise<Uint8Array | undefined>;
  /** Deletes what is too old, and the oldest beyond the limit. */
  sweep(): Promise<void>;
  close(): Promise<void>;
}

export async function openVault(options: VaultOptions): Promise<Vault> {
  const { directory, journal, key, keepMs, maxBytes, now, write } = options;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const keys = [key, ...(options.olderSecrets ?? []).map(derivedKey)];
  const rollBytes = Math.min(LARGEST_SEGMENT, Math.ceil(maxBytes / SEGMENTS_AT_LEAST));
  const hour = (): number => Math.floor(now() / SEGMENT_MS);
  const segments = createSegments({ directory, rollBytes, hour, ...(write && { write }) });
  let last: Promise<unknown> = Promise.resolve();

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };

  async function append(ticket: Hex, sealed: Buffer): Promise<void> {
    const before = segments.current;
    const place = await segments.append(sealed);
    await note(ticket, place, sealed.byteLength);
    if (segments.current !== before) await sweep();
  }

  const note = (ticket: Hex, { segment, offset }: Place, length: number): Promise<unknown> =>
    journal.write(() =>
      journal
        .sql(
          'INSERT OR REPLACE INTO retained (ticket, segment, offset, length) VALUES (?, ?, ?, ?)',
        )
        .run(ticket, segment, BigInt(offset), BigInt(length)),
    );

  async function sweep(): Promise<void> {
    const oldest = Math.floor((now() - keepMs) / SEGMENT_MS);
    let bytes = 0;
    for (const { name, hour, size } of (await segments.list()).toReversed()) {
      bytes += size;
      const tooMuch = bytes > maxBytes && name !== segments.current;
      if (hour < oldest || tooMuch) await remove(name);
    }
  }

  async function remove(name: string): Promise<void> {
    await segments.remove(name);
    await journal.write(() => journal.sql('DELETE FROM retained WHERE segment = ?').run(name));
  }

  const timer = setInterval(() => void inTurn(sweep).catch(() => undefined), SWEEP_MS);
  timer.unref();
  return {
    async put(ticket, plain) {
      if (keepMs === 0) return;
      const sealed = seal(key, ticket, plain);
      if (sealed.byteLength > maxBytes)
        return options.log.warn({ ticket, bytes: sealed.byteLength }, 'too large for the vault');
      await inTurn(() => append(ticket, sealed));
    },
    async get(ticket) {
      const row: Row | undefined = journal
        .sql('SELECT * FROM retained WHERE ticket = ?')
        .get(ticket);
      if (row === undefined) return undefined;
      const place = { segment: String(row.segment), offset: Number(row.offset) };
      const sealed = await segments.read(place, Number(row.length));
      return sealed && firstOf(keys, (each) => unseal(each, ticket, sealed));
    },
    sweep: () => inTurn(sweep),
    async close() {
      clearInterval(timer);
      await last;
      await segments.close();
    },
  };
}

const derivedKey = (secret: Hex): Buffer =>
  Buffer.from(hkdfSync('sha256', Buffer.from(secret.slice(2), 'hex'), '', 'assay/vault/1', 32));

function firstOf<A, B>(values: readonly A[], find: (value: A) => B | undefined): B | undefined {
  for (const value of values) {
    const found = find(value);
    if (found !== undefined) return found;
  }
  return undefined;
}
