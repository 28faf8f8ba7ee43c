import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Hex, toHex } from '@assay/wire';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { openJournal } from '../store/journal.ts';
import { openVault } from './vault.ts';

const hex = (byte: number): Hex => toHex(new Uint8Array(32).fill(byte));
const HOUR = 3_600_000;

async function setup(change: object = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'assay-vault-'));
  const journal = openJournal(directory);
  const clock = { now: 1_000 * HOUR };
  const options = {
    directory: join(directory, 'vault'),
    journal,
    secret: hex(1),
    keepMs: 5 * HOUR,
    maxBytes: 10_000,
    now: () => clock.now,
    log: pino({ level: 'silent' }),
    ...change,
  };
  const vault = await openVault(options);
  onTestFinished(async () => {
    await vault.close();
    journal.close();
  });
  const files = () => readdirSync(options.directory);
  return { vault, clock, files, options };
}
const secret = Buffer.from('the prompt of somebody');

test('gives back what was put, and the disk shows none of it', async () => {
  const { vault, files, options } = await setup();
  await vault.put(hex(2), secret);
  await vault.put(hex(3), Buffer.from('other'));
  expect(Buffer.from((await vault.get(hex(2))) ?? []).toString()).toBe(secret.toString());
  expect(await vault.get(hex(9))).toBeUndefined();
  const disk = files().map((name) =>
    readFileSync(join(options.directory, name)).toString('latin1'),
  );
  expect(disk.join('')).not.toContain('prompt');
});

test('another key, another ticket or a changed byte give nothing', async () => {
  const { vault, files, options } = await setup();
  await vault.put(hex(2), secret);
  const stranger = await openVault({ ...options, secret: hex(5) });
  expect(await stranger.get(hex(2))).toBeUndefined();
  await stranger.close();
  const file = join(options.directory, files()[0] ?? '');
  const bytes = readFileSync(file);
  bytes[20] = (bytes[20] ?? 0) ^ 1;
  writeFileSync(file, bytes);
  expect(await vault.get(hex(2))).toBeUndefined();
});

test('what is past its time is deleted, and the oldest beyond the limit', async () => {
  const { vault, clock, files } = await setup();
  await vault.put(hex(2), secret);
  clock.now += 2 * HOUR;
  await vault.put(hex(3), new Uint8Array(9_990));
  await vault.sweep();
  expect(files()).toHaveLength(1);
  expect(await vault.get(hex(2))).toBeUndefined();
  clock.now += 7 * HOUR;
  await vault.put(hex(4), secret);
  await vault.sweep();
  expect(files()).toHaveLength(1);
  expect([await vault.get(hex(3)), (await vault.get(hex(4)))?.byteLength]).toEqual([
    undefined,
    secret.byteLength,
  ]);
});

test('keeps nothing when told so', async () => {
  const { vault, files } = await setup({ keepMs: 0 });
  await vault.put(hex(2), secret);
  expect([files(), await vault.get(hex(2))]).toEqual([[], undefined]);
});
