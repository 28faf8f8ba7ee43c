import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { offerIdOf, signerOf } from '@assay/wire';
import { pino } from 'pino';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createChain } from '../src/chain/chain.ts';
import { createSender } from '../src/chain/sender.ts';
import { createClaimer } from '../src/settlement/claimer.ts';
import { createLedger } from '../src/settlement/ledger.ts';
import { createSessionReader } from '../src/settlement/session-facts.ts';
import { createTally } from '../src/settlement/tally.ts';
import { openJournal } from '../src/store/journal.ts';
import { ChainDouble } from './chain-double.ts';
import { hex32 } from './gateway-double.ts';

const DUE = 100n;

/** A claimer that finds every voucher old enough, over a real journal, with one voucher of one session. */
async function setup(claimEveryMs = 600_000) {
  const double = await new ChainDouble().start();
  const journal = openJournal(mkdtempSync(join(tmpdir(), 'assay-claim-gas-')));
  const { chainId, contracts, deployBlock } = double.deployment;
  const chain = createChain({ rpcUrls: [double.url], chainId, timeoutMs: 5_000 });
  const [privateKey, gateway, sessionId, modelId] = [
    hex32(),
    signerOf(hex32()).address,
    hex32(),
    hex32(),
  ];
  const provider = signerOf(privateKey).address;
  const escrow = contracts.SessionEscrow;
  const ledger = createLedger(journal, createTally(journal));
  const claimer = createClaimer({
    ...{ provider, escrow, chain, ledger },
    sender: createSender({ chain, privateKey, pollMs: 10 }),
    sessions: createSessionReader({
      ...{ chain, escrow, deployBlock, ttlMs: 0, confirmations: 0, now: Date.now },
    }),
    rules: { minClaim: 1n, gasFactor: 20, paymentUnitsPerEther: 3_000_000_000n, maxAgeMs: 0 },
    claimEveryMs,
    autoWithdrawAbove: 0n,
    log: pino({ level: 'silent' }),
  });
  onTestFinished(async () => {
    await claimer.stop();
    chain.close();
    journal.close();
    await double.stop();
  });
  const session = { key: gateway, gateway, state: 1, balance: 0n };
  double.sessions.set(sessionId, session);
  const [signature, receipts] = [`0x${'11'.repeat(65)}` as const, hex32()];
  const offerId = offerIdOf(provider, modelId);
  const payment = { sessionId, offerId, cumulative: `${DUE}`, signature, receipts };
  await ledger.keep({ ...payment, receiptDigests: [] }, { gateway, modelId });
  return { double, ledger, claimer, gateway, session };
}

test('a voucher that neither session nor bond can pay costs no gas', async () => {
  const { double, claimer, gateway } = await setup();
  expect(await claimer.claim()).toBeUndefined();
  expect(await claimer.claim({ all: true })).toBeUndefined();
  expect(double.claims).toEqual([]);
  double.bonds.set(gateway, 1n);
  expect(await claimer.claim()).toMatchObject({ vouchers: 1 });
});

test('what the chain skipped is not sent again at once, unless somebody asks for it', async () => {
  const { double, claimer, session } = await setup();
  session.balance = DUE;
  double.skips = true;
  expect(await claimer.claim()).toMatchObject({ amount: 0n });
  expect(await claimer.claim()).toBeUndefined();
  double.skips = false;
  expect(await claimer.claim({ all: true })).toMatchObject({ amount: DUE });
  expect(double.claims).toHaveLength(2);
});

test('payments of a session that is over leave the holdings by themselves', async () => {
  const { ledger, claimer, gateway, session } = await setup(20);
  session.balance = DUE;
  await claimer.claim();
  expect(ledger.holdings(gateway)).toHaveLength(1);
  session.state = 3;
  claimer.start();
  await vi.waitFor(() => expect(ledger.holdings(gateway)).toEqual([]), { timeout: 15_000 });
});
