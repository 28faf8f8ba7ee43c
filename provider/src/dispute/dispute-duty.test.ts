import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Hex } from '@assay/wire';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { openJournal } from '../store/journal.ts';
import { createDisputeBook, type DisputeRecord } from './dispute-book.ts';
import type { ChainDispute, DisputeStatus } from './dispute-chain.ts';
import { createDisputeDuty } from './dispute-duty.ts';

const hex = (digit: string): Hex => `0x${digit.repeat(64)}`;
const id = hex('1');
const record: DisputeRecord = {
  ...{ id, role: 'juror', modelId: hex('2'), receipt: hex('3'), inputRoot: hex('4') },
  ...{ commitEnds: 200, revealEnds: 300, state: 'open', vote: undefined, note: '' },
};

async function setup() {
  const journal = openJournal(mkdtempSync(join(tmpdir(), 'assay-duty-')));
  onTestFinished(() => journal.close());
  const book = createDisputeBook(journal);
  await book.put(record);
  const chain = { status: 'OPEN' as DisputeStatus, now: 100, stretches: [false], fails: false };
  const done: string[] = [];
  const standing = (): ChainDispute => ({
    ...{ status: chain.status, commitEnds: 200, revealEnds: 300, answered: false },
  });
  const duty = createDisputeDuty({
    async scan() {
      done.push('scan');
      if (chain.fails) throw new Error('too many blocks');
      return chain.stretches.shift() ?? false;
    },
    disputes: {
      dispute: async () => standing(),
      vote: () => Promise.reject(new Error('the jury asks')),
      now: async () => chain.now,
      send: async (name) => void done.push(name),
    },
    book,
    evidence: {
      remove: async (ticket: Hex) => void done.push(`remove ${ticket === id}`),
      kept: async () => [id],
    } as never,
    defence: { step: async () => void done.push('defend'), ownEvidence: async () => undefined },
    jury: { step: async () => void done.push('judge') },
    everyMs: 1_000_000,
    log: pino({ level: 'silent' }),
  });
  return { duty, book, chain, done };
}

test('duties are done between the stretches of a long scan, and when scanning fails', async () => {
  const { duty, chain, done } = await setup();
  chain.stretches = [true, true, false];
  await duty.step();
  expect(done).toEqual(['scan', 'judge', 'scan', 'judge', 'scan', 'judge']);
  chain.fails = true;
  await duty.step();
  expect(done.slice(6)).toEqual(['scan', 'judge']);
});

test('with the verdict the plaintext goes, and nothing is done any more', async () => {
  const { duty, book, chain, done } = await setup();
  chain.status = 'CLEARED';
  await duty.step();
  expect(done).toEqual(['scan', 'remove true']);
  expect(book.all()).toMatchObject([{ state: 'closed', note: 'CLEARED' }]);
  chain.now = 300;
  await duty.step();
  expect(done.slice(2)).toEqual(['scan']);
});

test('a verdict that a reorg takes back within the windows is no end', async () => {
  const { duty, chain, done } = await setup();
  chain.status = 'CLEARED';
  await duty.step();
  chain.status = 'OPEN';
  await duty.step();
  expect(done.at(-1)).toBe('judge');
});

test('a dispute the chain does not know is waited for until its windows are over', async () => {
  const { duty, book, chain, done } = await setup();
  chain.status = 'NONE';
  await duty.step();
  expect([done, book.all()[0]?.state]).toEqual([['scan'], 'open']);
  chain.now = 300;
  await duty.step();
  expect(book.all()[0]?.state).toBe('closed');
});

test('after the last window it has the chain resolve it', async () => {
  const { duty, chain, done } = await setup();
  chain.now = 300;
  await duty.step();
  expect(done).toEqual(['scan', 'resolve']);
});

test('what an earlier run left of closed disputes is deleted at the start', async () => {
  const { duty, book, chain, done } = await setup();
  await book.update(id, { state: 'closed', note: 'GUILTY' });
  chain.now = 300;
  duty.start();
  await duty.stop();
  expect(done).toContain('remove true');
});
