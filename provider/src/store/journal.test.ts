import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test, vi } from 'vitest';
import { openJournal } from './journal.ts';
import type { WriteAheadLog } from './write-ahead-log.ts';

function setup(log?: WriteAheadLog) {
  const dataDir = mkdtempSync(join(tmpdir(), 'assay-journal-'));
  const journal = openJournal(dataDir, log && (() => log));
  onTestFinished(() => journal.close());
  const set = (name: string, value: string) =>
    journal.write(() => journal.sql('INSERT INTO facts VALUES (?, ?)').run(name, value));
  const get = (name: string) =>
    journal.sql('SELECT value FROM facts WHERE name = ?').get(name)?.value;
  return { dataDir, journal, set, get };
}

test('what was written is there after closing and opening again', async () => {
  const { dataDir, journal, set } = setup();
  await set('a', '1');
  journal.close();
  const again = openJournal(dataDir);
  onTestFinished(() => again.close());
  expect(again.sql('SELECT value FROM facts').get()).toEqual({ value: '1' });
});

test('a failing write of a shared commit takes nothing else back', async () => {
  const { set, get } = setup();
  const outcomes = await Promise.allSettled([set('a', '1'), set('a', '2'), set('b', '3')]);
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect([get('a'), get('b')]).toEqual(['1', '3']);
});

test('a second process is refused with P323', async () => {
  const { dataDir, set } = setup();
  await set('a', '1');
  expect(() => openJournal(dataDir)).toThrow(expect.objectContaining({ code: 'P323' }));
});

test('closing commits what was queued', async () => {
  const { dataDir, journal, set } = setup();
  const written = set('a', '1');
  journal.close();
  await written;
  const again = openJournal(dataDir);
  onTestFinished(() => again.close());
  expect(again.sql('SELECT value FROM facts').get()).toEqual({ value: '1' });
});

/** A disk that answers when it is told to. */
function slowDisk() {
  const flushes: PromiseWithResolvers<void>[] = [];
  const asked = Promise.withResolvers<void>();
  const log: WriteAheadLog = {
    sync: () => {
      const flush = Promise.withResolvers<void>();
      flushes.push(flush);
      asked.resolve();
      return flush.promise;
    },
    syncNow: () => undefined,
    close: () => undefined,
  };
  return { log, flushes, asked: asked.promise };
}

test('a write resolves only when the disk has it; what is written meanwhile shares the next flush', async () => {
  const { log, flushes, asked } = slowDisk();
  const { set, get } = setup(log);
  const settled: string[] = [];
  const first = set('a', '1').then(() => settled.push('a'));
  await asked;
  const later = Promise.all(
    ['b', 'c'].map((name) => set(name, '2').then(() => settled.push(name))),
  );
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  expect([get('c'), settled, flushes.length]).toEqual(['2', [], 1]);
  flushes[0]?.resolve();
  await first;
  expect([settled, flushes.length]).toEqual([['a'], 2]);
  flushes[1]?.resolve();
  await later;
  expect(settled).toEqual(['a', 'b', 'c']);
});

test('a note is committed with the next write', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  onTestFinished(() => void vi.useRealTimers());
  const { journal, set, get } = setup();
  const noted = journal.note(() => journal.sql("INSERT INTO facts VALUES ('a', '1')").run());
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  expect(get('a')).toBeUndefined();
  await set('b', '2');
  await noted;
  expect(get('a')).toBe('1');
});

test('a note waits for no flush and asks for none; the next write takes it along', async () => {
  const { log, flushes, asked } = slowDisk();
  const { journal, set, get } = setup(log);
  const note = (name: string) =>
    journal.note(() => journal.sql('INSERT INTO facts VALUES (?, ?)').run(name, '1'));
  await note('a');
  expect([get('a'), flushes.length]).toEqual(['1', 0]);
  await expect(note('a')).rejects.toThrow(/UNIQUE/);
  const written = set('b', '2');
  await asked;
  flushes[0]?.resolve();
  await written;
  expect([get('b'), flushes.length]).toEqual(['2', 1]);
});

test('after a failed flush nothing is promised any more', async () => {
  const { log, flushes, asked } = slowDisk();
  const { set } = setup(log);
  const first = set('a', '1');
  await asked;
  const second = set('b', '2');
  flushes[0]?.reject(new Error('EIO'));
  const refused = expect.objectContaining({ code: 'P300' });
  await expect(first).rejects.toEqual(refused);
  await expect(second).rejects.toEqual(refused);
  await expect(set('c', '3')).rejects.toEqual(refused);
});

test('a journal of an earlier version keeps its rows and loses the columns nobody reads', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'assay-journal-'));
  const earlier = new DatabaseSync(join(dataDir, 'journal.db'));
  earlier.exec(`CREATE TABLE payments (session_id TEXT NOT NULL, offer_id TEXT NOT NULL, model_id TEXT NOT NULL,
    gateway TEXT NOT NULL, cumulative TEXT NOT NULL, claimed TEXT NOT NULL, voucher_signature TEXT NOT NULL,
    guarantee_signature TEXT, receipts TEXT NOT NULL, digests TEXT NOT NULL, unclaimed_since INTEGER,
    lost INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (session_id, offer_id)) STRICT;
    INSERT INTO payments VALUES ('s', 'o', 'm', 'g', '1', '0', 'v', NULL, 'r', '[]', 1, 0)`);
  earlier.close();
  const journal = openJournal(dataDir);
  onTestFinished(() => journal.close());
  const row = journal.sql('SELECT * FROM payments').get();
  expect(row).toMatchObject({ session_id: 's', voucher_signature: 'v' });
  expect(row).not.toHaveProperty('digests');
});
