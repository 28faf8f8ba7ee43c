import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Address, Hex } from '@assay/wire';
import { type Log, zeroPadValue } from 'ethers';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { disputeAbi } from '../chain/abi.ts';
import type { Chain } from '../chain/chain.ts';
import { openJournal } from '../store/journal.ts';
import { createDisputeBook } from './dispute-book.ts';
import { createDisputeScan } from './scan-disputes.ts';

const provider: Address = `0x${'a'.repeat(40)}`;
const manager: Address = `0x${'b'.repeat(40)}`;
const hex = (digit: string): Hex => `0x${digit.repeat(64)}`;

interface Block {
  readonly number: number;
  readonly id: Hex;
  readonly receipt: Hex;
  readonly commitEnds: number;
}

function openedLog({ id, receipt, commitEnds }: Block): Log {
  const values = [hex('2'), hex('3'), receipt, hex('4'), 1n, 1n, commitEnds, commitEnds + 100];
  return disputeAbi.encodeEventLog('DisputeOpened', [id, provider, manager, ...values]) as never;
}

function setup({ deployBlock = 0, head = 10 } = {}) {
  const journal = openJournal(mkdtempSync(join(tmpdir(), 'assay-scan-')));
  onTestFinished(() => journal.close());
  const book = createDisputeBook(journal);
  const state = { head, blocks: [] as Block[], asked: [] as [number, number][] };
  const topicOf = (name: string) => disputeAbi.getEvent(name)?.topicHash;
  const rpc = {
    getBlockNumber: async () => state.head,
    async getLogs(filter: { topics: (string | null)[]; fromBlock: number; toBlock: number }) {
      const { topics, fromBlock, toBlock } = filter;
      if (topics[0] !== topicOf('DisputeOpened')) return [];
      expect(topics[2]).toBe(zeroPadValue(provider, 32));
      state.asked.push([fromBlock, toBlock]);
      const inside = state.blocks.filter(({ number }) => number >= fromBlock && number <= toBlock);
      return inside.map(openedLog);
    },
  };
  const chain = { read: (ask: (with_: typeof rpc) => unknown) => ask(rpc) } as unknown as Chain;
  const log = pino({ level: 'silent' });
  const scan = createDisputeScan({ chain, manager, provider, deployBlock, book, log });
  return { scan, book, state };
}

test('goes through the past stretch by stretch, so that duties can be done between', async () => {
  const { scan, state } = setup({ deployBlock: 1_000, head: 5_500 });
  expect([await scan(), await scan(), await scan()]).toEqual([true, true, false]);
  expect(state.asked).toEqual([
    [1_000, 2_999],
    [3_000, 4_999],
    [5_000, 5_500],
  ]);
});

test('a dispute that a reorg gave other windows, or another receipt, is noted as it is now', async () => {
  const { scan, book, state } = setup({ head: 500 });
  state.blocks = [{ number: 480, id: hex('1'), receipt: hex('5'), commitEnds: 1_000 }];
  await scan();
  const vote = { available: true, fingerprint: [1], salt: hex('6') };
  await book.update(hex('1'), { state: 'committed', vote, note: 'ran it again' });

  state.head = 499; // a fork of the same height or lower
  state.blocks = [{ number: 490, id: hex('1'), receipt: hex('5'), commitEnds: 1_012 }];
  await scan();
  expect(book.all()).toMatchObject([{ commitEnds: 1_012, revealEnds: 1_112, state: 'open', vote }]);

  state.blocks = [{ number: 495, id: hex('1'), receipt: hex('7'), commitEnds: 1_012 }];
  await scan();
  expect(book.all()).toMatchObject([{ receipt: hex('7'), vote: undefined }]);
});

test('what was seen stays as it is while nothing changes', async () => {
  const { scan, book, state } = setup({ head: 500 });
  state.blocks = [{ number: 480, id: hex('1'), receipt: hex('5'), commitEnds: 1_000 }];
  await scan();
  await book.update(hex('1'), { state: 'answered' });
  state.head = 510;
  await scan();
  expect(book.all()).toMatchObject([{ state: 'answered' }]);
  expect(state.asked.at(-1)).toEqual([437, 510]);
});
