import { hkdfSync } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import type { Hex } from '@assay/wire';
import type { Logger } from 'pino';
import type { Journal, Row } from '../store/journal.ts';
import { seal, sealedBytes } from './seal.ts';
import { createSegments, type Place, type WriteAll } from './segments.ts';
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
  readonly write?: WriteAll;
}

/** To be called in the journal write that makes what was put worth finding; `get` finds it from then on. */
export type NotePlace = () => void;

/** What was asked and answered, encrypted, an hour or less to a file, deleted when nobody can dispute it any more. */
export interface Vault {
  /** Resolves once the parts, joined, are on the disk. What waits meanwhile shares the next flush. */
  put(ticket: Hex, plain: readonly Uint8Array[]): Promise<NotePlace>;
  get(ticket: Hex): Promise<Uint8Array | undefined>;
  /** Deletes what is too old, and the oldest beyond the limit. */
  sweep(): Promise<void>;
  close(): Promise<void>;
}

interface Waiting {
  readonly ticket: Hex;
  readonly plain: readonly Uint8Array[];
  readonly bytes: number;
  readonly resolve: (note: NotePlace) => void;
  readonly reject: (error: unknown) => void;
}

const NOTHING: NotePlace = () => {};
const INSERT =
  'INSERT OR REPLACE INTO retained (ticket, segment, offset, length) VALUES (?, ?, ?, ?)';
const NEXT_SEGMENT = 'SELECT min(segment) AS segment FROM retained WHERE segment > ?';
const FORGET = 'DELETE FROM retained WHERE segment = ?';

export async function openVault(options: VaultOptions): Promise<Vault> {
  const { directory, journal, key, keepMs, maxBytes, now, write } = options;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const keys = [key, ...(options.olderSecrets ?? []).map(derivedKey)];
  const rollBytes = Math.min(LARGEST_SEGMENT, Math.ceil(maxBytes / SEGMENTS_AT_LEAST));
  const hour = (): number => Math.floor(now() / SEGMENT_MS);
  const segments = createSegments({ directory, rollBytes, hour, ...(write && { write }) });
  let last: Promise<unknown> = Promise.resolve();
  let waiting: Waiting[] = [];

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };

  async function storeWaiting(): Promise<void> {
    const batch = waiting;
    waiting = [];
    const before = segments.current;
    const places = new Map<Waiting, Place>();
    for (const entry of batch) {
      const { ticket, plain, bytes } = entry;
      const place = await segments
        .append(seal(key, ticket, plain), bytes)
        .catch((error: unknown) => entry.reject(error));
      if (place) places.set(entry, place);
    }
    const failure = await segments.sync().then(
      () => undefined,
      (cause: unknown) => ({ cause }),
    );
    if (segments.current !== before) await sweep().catch(warn);
    for (const [entry, place] of places)
      if (failure) entry.reject(failure.cause);
      else entry.resolve(() => note(entry, place));
  }

  const note = ({ ticket, bytes }: Waiting, { segment, offset }: Place): unknown =>
    journal.sql(INSERT).run(ticket, segment, BigInt(offset), BigInt(bytes));

  async function sweep(): Promise<void> {
    const oldest = Math.floor((now() - keepMs) / SEGMENT_MS);
    let bytes = 0;
    for (const { name, hour, size } of (await segments.list()).toReversed()) {
      bytes += size;
      const tooMuch = bytes > maxBytes && name !== segments.current;
      if (hour < oldest || tooMuch) await segments.remove(name);
    }
    const left = new Set((await segments.list()).map(({ name }) => name));
    await journal.write(() => forgetOthers(left));
  }

  /** Drops the rows of segments that are gone, also those that were written later than that. */
  function forgetOthers(left: ReadonlySet<string>): void {
    for (let name = nextAfter(''); name !== undefined; name = nextAfter(name))
      if (!left.has(name)) journal.sql(FORGET).run(name);
  }

  function nextAfter(name: string): string | undefined {
    const segment = journal.sql(NEXT_SEGMENT).get(name)?.segment;
    return typeof segment === 'string' ? segment : undefined;
  }

  const warn = (cause: unknown): void =>
    options.log.warn({ cause }, 'the vault could not be swept');

  const timer = setInterval(() => void inTurn(sweep).catch(warn), SWEEP_MS);
  timer.unref();
  return {
    async put(ticket, plain) {
      if (keepMs === 0) return NOTHING;
      const bytes = sealedBytes(plain);
      if (bytes > maxBytes) {
        options.log.warn({ ticket, bytes }, 'too large for the vault');
        return NOTHING;
      }
      return new Promise((resolve, reject) => {
        if (waiting.length === 0) void inTurn(storeWaiting);
        waiting.push({ ticket, plain, bytes, resolve, reject });
      });
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
