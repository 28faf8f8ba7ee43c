import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf, type FrameMeta, type Hex, signerOf, type Ticket, toHex } from '@assay/wire';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { createReceiptStore } from '../receipt/receipt-store.ts';
import { signReceipt } from '../receipt/sign-receipt.ts';
import { openJournal } from '../store/journal.ts';
import { createLedger } from './ledger.ts';
import { createTally } from './tally.ts';

const hex = (byte: number): Hex => toHex(new Uint8Array(32).fill(byte));
const domain = { chainId: 31337, verifyingContract: `0x${'22'.repeat(20)}` } as const;
const gateway = `0x${'33'.repeat(20)}` as const;
const [session, offerA, offerB, modelId] = [hex(1), hex(2), hex(3), hex(4)];

function setup(forgiveAfterMs?: number) {
  const dataDir = mkdtempSync(join(tmpdir(), 'assay-ledger-'));
  const journal = openJournal(dataDir);
  onTestFinished(() => journal.close());
  const tally = createTally(journal, forgiveAfterMs);
  const receipts = createReceiptStore(journal, tally);
  let jobs = 0;
  async function earn(offerId: Hex, price: bigint): Promise<{ digest: Hex; ticketId: Hex }> {
    const ticket: Ticket = {
      jobId: hex(100 + jobs++),
      attempt: 1,
      sessionId: session,
      offerId,
      maxPrice: price,
      deadline: 9n,
    };
    const ticketId = digestOf(domain, 'Ticket', ticket);
    const statement = signReceipt(
      {
        ticket: ticketId,
        execClass: hex(5),
        inputRoot: hex(6),
        text: '',
        tensors: [],
        fingerprintSource: new Float32Array(0),
        basis: { manifestHash: hex(7), scale: 1 },
        units: 1n,
        price,
        startedAt: 1,
        finishedAt: 2,
        chunks: 1,
      },
      new Uint8Array(16),
      { domain, signer: signerOf(hex(9)) },
    );
    await receipts.keep(statement, { gateway, modelId, ticket });
    return { digest: statement.digest, ticketId };
  }
  const ledger = createLedger(journal, tally);
  const pay = (offerId: Hex, cumulative: bigint, receiptDigests: Hex[] = []) => {
    const payment: FrameMeta<'payment'> = {
      sessionId: session,
      offerId,
      cumulative: `${cumulative}`,
      signature: `0x${'11'.repeat(65)}`,
      receipts: hex(8),
      receiptDigests,
    };
    return ledger.keep(payment, { gateway, modelId });
  };
  return { journal, ledger, receipts, earn, pay };
}

test('owed is summed over offers, and one offer’s surplus does not pay for another', async () => {
  const { ledger, earn, pay } = setup();
  await earn(offerA, 100n);
  await earn(offerB, 50n);
  await earn(offerB, 0n);
  expect(ledger.balanceOf(session)).toEqual({ unvouchered: 150n, unpaidJobs: 2, unclaimed: 0n });
  await pay(offerA, 1_000n);
  expect(ledger.balanceOf(session)).toEqual({ unvouchered: 50n, unpaidJobs: 1, unclaimed: 1_000n });
});

test('a payment marks the receipts it names, and all once it covers everything', async () => {
  const { ledger, earn, pay } = setup();
  const { digest } = await earn(offerA, 10n);
  await earn(offerA, 10n);
  await pay(offerA, 10n, [digest]);
  expect(ledger.balanceOf(session)).toMatchObject({ unvouchered: 10n, unpaidJobs: 1 });
  await pay(offerA, 20n);
  expect(ledger.balanceOf(session)).toMatchObject({ unvouchered: 0n, unpaidJobs: 0 });
});

test('a lower payment changes nothing', async () => {
  const { ledger, pay } = setup();
  await pay(offerA, 20n);
  expect((await pay(offerA, 19n)).cumulative).toBe(20n);
  expect(ledger.exposureOf(gateway)).toBe(20n);
});

test('what was claimed leaves the exposure, what a withdrawal took is written off', async () => {
  const { ledger, pay } = setup();
  await pay(offerA, 20n);
  await pay(offerB, 30n);
  await ledger.settle(session, offerA, 20n);
  expect([ledger.unclaimed().length, ledger.exposureOf(gateway)]).toEqual([1, 30n]);
  await ledger.settle(session, offerB, 10n);
  await ledger.settle(session, offerB, 5n);
  expect(ledger.exposureOf(gateway)).toBe(20n);
  await ledger.writeOff(session);
  expect([ledger.unclaimed(), ledger.holdings(gateway)]).toEqual([[], []]);
  expect(ledger.exposureOf(gateway)).toBe(0n);
});

test('receipts of attempts the gateway gave up are not owed, but stay a risk', async () => {
  const { ledger, earn, pay } = setup();
  const { digest, ticketId } = await earn(offerA, 10n);
  await earn(offerA, 5n);
  await ledger.forgive([ticketId, ticketId, hex(77)]);
  expect(ledger.balanceOf(session)).toMatchObject({ unvouchered: 15n, unpaidJobs: 2 });
  expect(ledger.exposureOf(gateway)).toBe(15n);
  expect(ledger.totals()).toMatchObject({ earned: 5n, jobs: 1, unvouchered: 5n });
  await pay(offerA, 15n, [digest]);
  expect(ledger.balanceOf(session)).toMatchObject({ unvouchered: 0n, unpaidJobs: 0 });
  expect(ledger.totals()).toMatchObject({ earned: 15n, jobs: 2, unvouchered: 0n, unclaimed: 15n });
});

test('what a gateway gave up long ago no longer stops a session', async () => {
  const { ledger, earn } = setup(-1);
  const { ticketId } = await earn(offerA, 10n);
  await ledger.forgive([ticketId]);
  expect(ledger.balanceOf(session)).toMatchObject({ unvouchered: 0n, unpaidJobs: 0 });
});

test('running sums are those of the whole journal, whatever happened in whatever order', async () => {
  const amount = fc.bigInt(0n, 10n ** 24n);
  const step = fc.record({
    what: fc.constantFrom('earn', 'pay', 'settle', 'forgive', 'writeOff'),
    offerId: fc.constantFrom(offerA, offerB),
    amount,
    pick: fc.nat(50),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const { journal, ledger, earn, pay } = setup();
      const earned: { digest: Hex; ticketId: Hex }[] = [];
      await Promise.all(
        steps.map(async ({ what, offerId, amount, pick }) => {
          const one = earned[pick % Math.max(1, earned.length)];
          if (what === 'earn') earned.push(await earn(offerId, amount));
          else if (what === 'pay') await pay(offerId, amount, one ? [one.digest] : []);
          else if (what === 'settle') await ledger.settle(session, offerId, amount);
          else if (what === 'forgive') await ledger.forgive(one ? [one.ticketId] : []);
          else await ledger.writeOff(session);
        }),
      );
      const again = createTally(journal);
      expect(ledger.totals()).toEqual(again.totals);
      expect(ledger.exposureOf(gateway)).toBe(again.unclaimedOf(gateway) + again.unpaidOf(gateway));
    }),
    { numRuns: 12 },
  );
}, 60_000);

test('old receipts without a voucher no longer stop a session', async () => {
  const { ledger, earn } = setup(-1);
  await earn(offerA, 10n);
  expect(ledger.balanceOf(session)).toMatchObject({ unvouchered: 0n, unpaidJobs: 0 });
  expect(ledger.totals().unvouchered).toBe(10n);
});
