import { hkdfSync } from 'node:crypto';
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Hex, toHex } from '@assay/wire';
import { pino } from 'pino';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type Journal, openJournal } from '../store/journal.ts';
import type { WriteAll } from './segments.ts';
import { openVault, type Vault } from './vault.ts';

const hex = (byte: number): Hex => toHex(new Uint8Array(32).fill(byte));
const HOUR = 3_600_000;

async function setup(change: object = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'assay-vault-'));
  const journal = openJournal(directory);
  const clock = { now: 1_000 * HOUR };
  const options = {
    directory: join(directory, 'vault'),
    journal,
    key: Buffer.alloc(32, 1),
    keepMs: 5 * HOUR,
    maxBytes: 10_000,
    now: () => clock.now,
    log: pino({ level: 'silent' }),
    ...change,
  };
  const vault = await openVault(options);
  const put = putting(journal);
  onTestFinished(async () => {
    await vault.close();
    journal.close();
  });
  const files = () => readdirSync(options.directory);
  return { vault, put, clock, files, options };
}
/** Puts and notes it, as a receipt's journal write does. */
const putting =
  (journal: Journal) =>
  async (vault: Vault, ticket: Hex, plain: Uint8Array): Promise<unknown> =>
    journal.write(await vault.put(ticket, [plain]));
const secret = Buffer.from('the prompt of somebody');

test('gives back what was put, and the disk shows none of it', async () => {
  const { vault, put, files, options } = await setup();
  await put(vault, hex(2), secret);
  await put(vault, hex(3), Buffer.from('other'));
  expect(Buffer.from((await vault.get(hex(2))) ?? []).toString()).toBe(secret.toString());
  expect(await vault.get(hex(9))).toBeUndefined();
  const disk = files().map((name) =>
    readFileSync(join(options.directory, name)).toString('latin1'),
  );
  expect(disk.join('')).not.toContain('prompt');
});

test('another key, another ticket or a changed byte give nothing', async () => {
  const { vault, put, files, options } = await setup();
  await put(vault, hex(2), secret);
  const stranger = await openVault({ ...options, key: Buffer.alloc(32, 5) });
  expect(await stranger.get(hex(2))).toBeUndefined();
  await stranger.close();
  const file = join(options.directory, files()[0] ?? '');
  const bytes = readFileSync(file);
  bytes[20] = (bytes[20] ?? 0) ^ 1;
  writeFileSync(file, bytes);
  expect(await vault.get(hex(2))).toBeUndefined();
});

test('what is past its time is deleted, and the oldest beyond the limit', async () => {
  const { vault, put, clock, files } = await setup();
  await put(vault, hex(2), secret);
  clock.now += 2 * HOUR;
  await put(vault, hex(3), new Uint8Array(9_960));
  await vault.sweep();
  expect(files()).toHaveLength(1);
  expect(await vault.get(hex(2))).toBeUndefined();
  clock.now += 7 * HOUR;
  await put(vault, hex(4), secret);
  await vault.sweep();
  expect(files()).toHaveLength(1);
  expect([await vault.get(hex(3)), (await vault.get(hex(4)))?.byteLength]).toEqual([
    undefined,
    secret.byteLength,
  ]);
});

test('what waits together is flushed together, each found under its own ticket', async () => {
  const flush = vi.fn(async () => {});
  const write: WriteAll = async (file, pieces, offset) => {
    file.datasync = flush;
    await file.writev(pieces, offset);
  };
  const { vault, put } = await setup({ write, maxBytes: 100_000_000 });
  const large = Buffer.alloc(2_500_000, 'large');
  const tickets = [2, 3, 4, 5].map(hex);
  await Promise.all(
    tickets.map((ticket) => put(vault, ticket, ticket === hex(4) ? large : secret)),
  );
  const lengths = tickets.map(async (ticket) => (await vault.get(ticket))?.byteLength);
  const { byteLength } = secret;
  expect(await Promise.all(lengths)).toEqual([byteLength, byteLength, large.length, byteLength]);
  expect(flush.mock.calls.length).toBeLessThan(tickets.length);
});

test('a disk that cannot flush keeps none of what waited', async () => {
  let broken = true;
  const write: WriteAll = async (file, pieces, offset) => {
    const flush = file.datasync.bind(file);
    file.datasync = () => (broken ? Promise.reject(new Error('EIO')) : flush());
    await file.writev(pieces, offset);
  };
  const { vault, put } = await setup({ write });
  const outcomes = await Promise.allSettled([2, 3].map((byte) => put(vault, hex(byte), secret)));
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  broken = false;
  await put(vault, hex(4), secret);
  expect([await vault.get(hex(2)), (await vault.get(hex(4)))?.byteLength]).toEqual([
    undefined,
    secret.byteLength,
  ]);
});

test('keeps nothing when told so', async () => {
  const { vault, put, files } = await setup({ keepMs: 0 });
  await put(vault, hex(2), secret);
  expect([files(), await vault.get(hex(2))]).toEqual([[], undefined]);
});

test('a disk that fills up in the middle of a write costs that one, and nothing after it', async () => {
  let room = Number.POSITIVE_INFINITY;
  const write: WriteAll = async (file, pieces, offset) => {
    const bytes = Buffer.concat(pieces);
    await file.write(bytes, 0, Math.min(room, bytes.byteLength), offset);
    if (bytes.byteLength > room) throw new Error('ENOSPC');
  };
  const { vault, put } = await setup({ write });
  await put(vault, hex(2), Buffer.from('first'));
  room = 7;
  await expect(put(vault, hex(3), secret)).rejects.toThrow('ENOSPC');
  room = Number.POSITIVE_INFINITY;
  await put(vault, hex(4), Buffer.from('third'));
  const texts = await Promise.all(
    [2, 3, 4].map(async (byte) => Buffer.from((await vault.get(hex(byte))) ?? []).toString()),
  );
  expect(texts).toEqual(['first', '', 'third']);
});

test('after a crash it does not go on in a file whose end it does not know', async () => {
  const { vault, put, options, files } = await setup();
  await put(vault, hex(2), secret);
  await vault.close();
  appendFileSync(join(options.directory, files()[0] ?? ''), 'half a rec');
  const again = await openVault(options);
  onTestFinished(() => again.close());
  await put(again, hex(3), Buffer.from('later'));
  expect(Buffer.from((await again.get(hex(3))) ?? []).toString()).toBe('later');
  expect((await again.get(hex(2)))?.byteLength).toBe(secret.byteLength);
});

test('the limit holds within one hour too, the oldest going first', async () => {
  const { vault, put, options, files } = await setup();
  for (let byte = 1; byte <= 40; byte++) await put(vault, hex(byte), new Uint8Array(500));
  const sizes = files().map((name) => statSync(join(options.directory, name)).size);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  expect(total).toBeLessThanOrEqual(options.maxBytes);
  expect(await vault.get(hex(1))).toBeUndefined();
  expect((await vault.get(hex(40)))?.byteLength).toBe(500);
  await put(vault, hex(41), new Uint8Array(20_000));
  expect(await vault.get(hex(41))).toBeUndefined();
  expect((await vault.get(hex(40)))?.byteLength).toBe(500);
});

test('what was deleted before its receipt was written leaves no row for ever', async () => {
  const { vault, options } = await setup();
  const tickets = Array.from({ length: 40 }, (_, index) => hex(index + 1));
  const notes = await Promise.all(tickets.map((it) => vault.put(it, [new Uint8Array(900)])));
  await options.journal.write(() => {
    for (const note of notes) note();
  });
  await vault.sweep();
  const rows = options.journal.sql('SELECT ticket FROM retained').all();
  const found = await Promise.all(tickets.map((ticket) => vault.get(ticket)));
  expect(found.filter((it) => it !== undefined).length).toBe(rows.length);
  expect(rows.length).toBeGreaterThan(0);
});

test('what an older version sealed under a key of the receipt key is still read', async () => {
  const { vault, put, options } = await setup();
  await vault.close();
  const derived = Buffer.from(hkdfSync('sha256', Buffer.alloc(32, 7), '', 'assay/vault/1', 32));
  const older = await openVault({ ...options, key: derived });
  await put(older, hex(2), secret);
  await older.close();
  const newer = await openVault({ ...options, olderSecrets: [hex(7)] });
  onTestFinished(() => newer.close());
  await put(newer, hex(3), secret);
  const lengths = [await newer.get(hex(2)), await newer.get(hex(3))].map((it) => it?.byteLength);
  expect(lengths).toEqual([secret.byteLength, secret.byteLength]);
});
