import { createLog } from '@assay/kit';
import { type Hex, signerOf } from '@assay/wire';
import { expect, it, onTestFinished, vi } from 'vitest';
import type { ProviderConnection } from '../domain/provider-connection.ts';
import { chargeReceipt } from './charge-receipt.ts';
import { CREDIT } from './credit.ts';
import { createLedger } from './ledger.ts';
import type { VersionedAccount } from './ledger-store.ts';
import { newAccount } from './new-account.ts';
import { createPaymentIssuer, type PaymentKey } from './payment-issuer.ts';

const id = (number: number): Hex => `0x${number.toString(16).padStart(64, '0')}`;
const ADDRESS: Hex = `0x${'11'.repeat(20)}`;
const [SESSION, OFFER] = [id(1), id(2)];
const KEY = { sessionId: SESSION, offerId: OFFER, provider: ADDRESS };

function account() {
  const grant = {
    ...{ payer: ADDRESS, key: ADDRESS, gateway: ADDRESS, gatewayFeePpm: 0, withdrawDelay: 0 },
    ...{ expiresAt: 10n ** 12n, policy: SESSION, salt: SESSION },
  };
  return newAccount({ sessionId: SESSION, grant, policy: undefined, hosted: true, at: 0 });
}

/** Whatever needs no time happens. */
const settle = async () => {
  for (let turn = 0; turn < 20; turn++) await vi.advanceTimersByTimeAsync(0);
};

/** An issuer on a clock that stands still, the amounts that its provider was sent, and what the next life would know. */
function setup() {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  let stored: VersionedAccount = { version: 1, account: account() };
  const ledger = createLedger({
    load: async () => stored,
    version: async () => stored.version,
    async commit(changed, _, { next }) {
      stored = { version: next, account: changed };
      return true;
    },
  });
  const sent: string[] = [];
  const link: Pick<ProviderConnection, 'sendPayment'> = {
    sendPayment: ({ cumulative }) => void sent.push(cumulative),
  };
  const none = async () => undefined;
  const remembered: PaymentKey[] = [];
  const remember = async (key: PaymentKey) => void remembered.push(key);
  const issuer = createPaymentIssuer({
    domain: { chainId: 1, verifyingContract: ADDRESS },
    gateway: signerOf(id(7)),
    hosted: signerOf(id(8)),
    ledger,
    unacked: { add: remember, remove: none, of: async () => [] },
    connection: () => link as ProviderConnection,
    log: createLog('test', 'silent'),
  });
  let jobs = 0;
  async function charge(price: bigint): Promise<void> {
    const jobId = id(100 + ++jobs);
    await ledger.apply(SESSION, (state, changes) => {
      state.holds.set(jobId, { amount: price, at: 0, tickets: [] });
      const receipt = { ticket: jobId, receiptDigest: jobId, price, units: 1n, at: 0 };
      chargeReceipt(state, changes, { jobId, offerId: OFFER, ...receipt });
    });
    issuer.enqueue(KEY, price);
  }
  return { charge, sent, remembered };
}

it('pays several receipts with one voucher, soon', async () => {
  const { charge, sent } = setup();
  await charge(1n);
  await charge(2n);
  await vi.advanceTimersToNextTimerAsync();
  expect(sent).toEqual(['3']);
});

it('pays at once what the provider would miss in its credit: many receipts, or dear ones', async () => {
  const { charge, sent } = setup();
  const dear = CREDIT.value / 5n;
  await charge(dear);
  await settle();
  expect(sent).toEqual([`${dear}`]);
  for (let job = 0; job < CREDIT.jobs / 5; job++) await charge(1n);
  await settle();
  expect(sent).toHaveLength(2);
});

it('what is to be paid is remembered before it is signed', async () => {
  const { charge, sent, remembered } = setup();
  await charge(1n);
  await settle();
  expect([sent, remembered]).toEqual([[], [KEY]]);
});
