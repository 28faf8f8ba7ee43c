import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  digestOf,
  fingerprintHash,
  type Hex,
  isSignedBy,
  outputRoot,
  signerOf,
  type Ticket,
  textTensor,
  toHex,
} from '@assay/wire';
import { expect, onTestFinished, test } from 'vitest';
import { createTally } from '../settlement/tally.ts';
import { openJournal } from '../store/journal.ts';
import { createReceiptStore } from './receipt-store.ts';
import { type Computed, signReceipt } from './sign-receipt.ts';

const hex = (byte: number): Hex => toHex(new Uint8Array(32).fill(byte));
const domain = { chainId: 31337, verifyingContract: `0x${'22'.repeat(20)}` } as const;
const signer = signerOf(hex(7));
const gateway = `0x${'33'.repeat(20)}` as const;
const ticket: Ticket = {
  jobId: hex(1),
  attempt: 1,
  sessionId: hex(2),
  offerId: hex(3),
  maxPrice: 90n,
  deadline: 9n,
};
const computed: Computed = {
  ticket: digestOf(domain, 'Ticket', ticket),
  execClass: hex(4),
  inputRoot: hex(5),
  text: 'hello',
  tensors: [{ name: 'p', datatype: 'FP32', shape: [1], data: new Uint8Array(4) }],
  fingerprintSource: Float32Array.of(1, 2),
  basis: { manifestHash: hex(6), scale: 1000 },
  units: 5n,
  price: 50n,
  startedAt: 1000.4,
  finishedAt: 2000.2,
  chunks: 2,
};
const sign = (change: Partial<Computed> = {}, salt = 9) =>
  signReceipt({ ...computed, ...change }, new Uint8Array(16).fill(salt), { domain, signer });

function setup() {
  const dataDir = mkdtempSync(join(tmpdir(), 'assay-receipts-'));
  const journal = openJournal(dataDir);
  onTestFinished(() => journal.close());
  return { dataDir, journal, store: createReceiptStore(journal, createTally(journal)) };
}
const owner = { gateway, modelId: hex(8), ticket };

test('a receipt commits to text before tensors, and its signature and fingerprint can be checked', () => {
  const { receipt, digest, frame } = sign();
  expect(receipt.outputRoot).toBe(outputRoot([textTensor('hello'), ...computed.tensors]));
  expect(receipt.fingerprintHash).toBe(
    fingerprintHash(
      Int32Array.from(frame.fingerprint),
      Buffer.from(frame.fingerprintSalt.slice(2), 'hex'),
    ),
  );
  expect(isSignedBy(signer.address, digest, frame.signature)).toBe(true);
  expect([receipt.startedAt, receipt.finishedAt]).toEqual([1000n, 2001n]);
});

test('a ticket has one receipt, whatever is computed again', async () => {
  const { store } = setup();
  const first = await store.keep(sign(), owner);
  const second = await store.keep(sign({ text: 'other' }, 10), owner);
  expect(second.digest).toBe(first.digest);
  expect(JSON.stringify(second.frame)).toBe(JSON.stringify(first.frame));
});

test('what is written alongside is there with a new receipt, and else not at all', async () => {
  const { journal, store } = setup();
  const row = (): unknown => journal.sql('SELECT length FROM retained').get();
  const note = (length: bigint) => () => {
    journal.sql('INSERT OR REPLACE INTO retained VALUES (?, ?, ?, ?)').run('t', 's', 0n, length);
  };
  const failing = (): void => {
    note(1n)();
    throw new Error('no room');
  };
  await expect(store.keep(sign(), owner, failing)).rejects.toThrow('no room');
  expect([store.find(computed.ticket), row()]).toEqual([undefined, undefined]);
  await store.keep(sign(), owner, note(2n));
  await store.keep(sign(), owner, note(3n));
  expect(row()).toMatchObject({ length: 2n });
});

test('two receipts of one ticket in the same commit: the first stays', async () => {
  const { store } = setup();
  const [first, second] = await Promise.all([
    store.keep(sign(), owner),
    store.keep(sign({ units: 6n }), owner),
  ]);
  expect(second.digest).toBe(first.digest);
});

test('stays unacknowledged over a restart, byte for byte, until it is acknowledged', async () => {
  const { dataDir, journal, store } = setup();
  const kept = await store.keep(sign(), owner);
  journal.close();
  const again = openJournal(dataDir);
  onTestFinished(() => again.close());
  const reopened = createReceiptStore(again, createTally(again));
  const [resent] = reopened.unacknowledged(gateway, 10);
  expect(JSON.stringify(resent?.frame)).toBe(JSON.stringify(kept.frame));
  await reopened.acknowledge(computed.ticket, gateway);
  expect(reopened.unacknowledged(gateway, 10)).toEqual([]);
  expect(reopened.find(computed.ticket)?.acked).toBe(true);
});

test('a receipt that is not on the disk yet is shown to nobody', async () => {
  const { store } = setup();
  const keeping = store.keep(sign(), owner);
  await new Promise(setImmediate);
  expect([store.find(computed.ticket), store.unacknowledged(gateway, 10)]).toEqual([undefined, []]);
  const kept = await keeping;
  expect(store.find(computed.ticket)?.digest).toBe(kept.digest);
});
