import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Hex } from '@assay/wire';
import type { Logger } from 'pino';
import type { Journal, Row } from '../store/journal.ts';

const SEGMENT_MS = 3_600_000;
const SWEEP_MS = 600_000;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export interface VaultOptions {
  readonly directory: string;
  readonly journal: Journal;
  /** The receipt key; the vault's own key is derived from it, so that a stolen disk alone shows nothing. */
  readonly secret: Hex;
  /** 0 keeps nothing. */
  readonly keepMs: number;
  readonly maxBytes: number;
  readonly now: () => number;
  readonly log: Logger;
}

/** What was asked and answered, encrypted, one hour to a file, deleted when nobody can dispute it any more. */
export interface Vault {
  put(ticket: Hex, plain: Uint8Array): Promise<void>;
  get(ticket: Hex): Promise<Uint8Array | undefined>;
  /** Deletes what is too old, and the oldest beyond the limit. */
  sweep(): Promise<void>;
  close(): Promise<void>;
}

interface Segment {
  readonly name: string;
  readonly file: FileHandle;
  size: number;
}

export async function openVault(options: VaultOptions): Promise<Vault> {
  const { directory, journal, keepMs, now } = options;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const key = Buffer.from(
    hkdfSync('sha256', Buffer.from(options.secret.slice(2), 'hex'), '', 'assay/vault/1', 32),
  );
  let segment: Segment | undefined;
  let last: Promise<unknown> = Promise.resolve();

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };

  async function current(): Promise<Segment> {
    const name = `${Math.floor(now() / SEGMENT_MS)}.seg`;
    if (segment?.name === name) return segment;
    await segment?.file.close();
    const file = await open(join(directory, name), 'a', 0o600);
    segment = { name, file, size: (await file.stat()).size };
    return segment;
  }

  async function append(ticket: Hex, sealed: Buffer): Promise<void> {
    const at = await current();
    const offset = at.size;
    await at.file.appendFile(sealed);
    at.size += sealed.byteLength;
    journal
      .write(() =>
        journal
          .sql(
            'INSERT OR REPLACE INTO retained (ticket, segment, offset, length) VALUES (?, ?, ?, ?)',
          )
          .run(ticket, at.name, BigInt(offset), BigInt(sealed.byteLength)),
      )
      .catch((error: unknown) => options.log.error({ error }, 'retention not noted'));
  }

  async function sweep(): Promise<void> {
    const oldest = Math.floor((now() - keepMs) / SEGMENT_MS);
    const names = (await readdir(directory)).filter((name) => name.endsWith('.seg'));
    const newestFirst = names.toSorted((a, b) => Number.parseInt(b, 10) - Number.parseInt(a, 10));
    let bytes = 0;
    for (const name of newestFirst) {
      bytes += (await stat(join(directory, name))).size;
      const expired =
        Number.parseInt(name, 10) < oldest || (bytes > options.maxBytes && name !== segment?.name);
      if (expired) await remove(name);
    }
  }

  async function remove(name: string): Promise<void> {
    await rm(join(directory, name), { force: true });
    await journal.write(() => journal.sql('DELETE FROM retained WHERE segment = ?').run(name));
  }

  const timer = setInterval(() => void inTurn(sweep).catch(() => undefined), SWEEP_MS);
  timer.unref();
  return {
    async put(ticket, plain) {
      if (keepMs === 0) return;
      const sealed = seal(key, ticket, plain);
      await inTurn(() => append(ticket, sealed));
    },
    async get(ticket) {
      const row = journal.sql('SELECT * FROM retained WHERE ticket = ?').get(ticket) as
        | Row
        | undefined;
      if (row === undefined) return undefined;
      const file = await open(join(directory, String(row.segment)), 'r').catch(() => undefined);
      if (file === undefined) return undefined;
      try {
        const sealed = Buffer.alloc(Number(row.length));
        const { bytesRead } = await file.read(sealed, 0, sealed.byteLength, Number(row.offset));
        return bytesRead === sealed.byteLength ? unseal(key, ticket, sealed) : undefined;
      } finally {
        await file.close();
      }
    },
    sweep: () => inTurn(sweep),
    async close() {
      clearInterval(timer);
      await last;
      await segment?.file.close();
    },
  };
}

function seal(key: Buffer, ticket: Hex, plain: Uint8Array): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(ticket));
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** Undefined for what was changed or sealed under another key. */
function unseal(key: Buffer, ticket: Hex, sealed: Buffer): Uint8Array | undefined {
  try {
    const nonce = sealed.subarray(0, NONCE_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(ticket));
    decipher.setAuthTag(sealed.subarray(sealed.byteLength - TAG_BYTES));
    return Buffer.concat([
      decipher.update(sealed.subarray(NONCE_BYTES, sealed.byteLength - TAG_BYTES)),
      decipher.final(),
    ]);
  } catch {
    return undefined;
  }
}
