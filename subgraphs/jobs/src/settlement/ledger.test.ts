import { EMPTY_RECEIPTS, type Hex } from '@assay/wire';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { noChanges } from './account-changes.ts';
import { type Charge, chargeReceipt, releaseHold } from './charge-receipt.ts';
import { raiseDeposit } from './fund-session.ts';
import { createLedger, type Ledger } from './ledger.ts';
import type { LedgerStore, VersionedAccount } from './ledger-store.ts';
import { newAccount } from './new-account.ts';
import { payableReceipts, recordPayment } from './record-payment.ts';
import { reserveHold } from './reserve-hold.ts';
import { freeOf, heldOf, type SessionAccount } from './session-account.ts';

const id = (number: number): Hex => `0x${number.toString(16).padStart(64, '0')}`;
const SESSION = id(1);
const DEPOSIT = 10_000n;

function account(): SessionAccount {
  const address: Hex = `0x${'11'.repeat(20)}`;
  const limits = { maxPerJob: 2_000n, maxPerPeriod: 1_000_000n, periodSeconds: 60, models: [] };
  const grant = {
    payer: address,
    key: address,
    gateway: address,
    gatewayFeePpm: 0,
    expiresAt: 10n ** 12n,
    withdrawDelay: 0,
    policy: SESSION,
    salt: SESSION,
  };
  const fresh = newAccount({ sessionId: SESSION, grant, policy: limits, hosted: true, at: 0 });
  return { ...fresh, status: 'OPEN', deposit: DEPOSIT };
}

type Weather = 'fine' | 'lost before' | 'lost after';

/** A store in memory whose answers get lost as the weather says: before the write, or after it. */
function stormyStore(weather: () => Weather) {
  let stored: VersionedAccount = { version: 0, account: account() };
  const store: LedgerStore = {
    load: async () => structuredClone(stored),
    version: async () => stored.version,
    async commit(changed, _, { expected, next }) {
      const today = weather();
      if (today === 'lost before') throw new Error('connection lost');
      if (stored.version !== expected) return false;
      stored = structuredClone({ version: next, account: changed });
      if (today === 'lost after') throw new Error('connection lost');
      return true;
    },
  };
  return { store, current: () => stored.account };
}

const reservation = (job: number, wanted: bigint) => ({
  jobId: id(job),
  modelId: id(9),
  wanted,
  atLeast: 1n,
  at: 1_000,
  idempotencyKey: undefined,
  intentHash: id(job),
});
const charge = (job: number, price: bigint): Charge => ({
  jobId: id(job),
  offerId: id(100 + (job % 3)),
  ticket: id(1_000 + job),
  receiptDigest: id(2_000 + job),
  price,
  units: 1n,
  at: 1_000,
});

function expectBalanced(state: SessionAccount): void {
  expect(freeOf(state)).toBeGreaterThanOrEqual(0n);
  expect(freeOf(state) + heldOf(state) + state.spent).toBe(state.deposit);
  const owed = [...state.offers.values()].reduce((sum, offer) => sum + offer.owed, 0n);
  expect(owed).toBe(state.spent);
  for (const offer of state.offers.values())
    expect(offer.payment?.cumulative ?? 0n).toBeLessThanOrEqual(offer.owed);
}

/** One job as the market runs it: hold, charge (asked again where the answer was lost), release. */
async function runJob(ledger: Ledger, job: { number: number; wanted: bigint; price: bigint }) {
  const insist = async <T>(act: () => Promise<T>): Promise<T> => {
    for (;;) {
      try {
        return await act();
      } catch (error) {
        if ((error as { code?: string }).code !== 'G805') throw error;
      }
    }
  };
  const { number, wanted, price } = job;
  try {
    await ledger.apply(SESSION, (state, changes) =>
      reserveHold(state, changes, reservation(number, wanted)),
    );
  } catch {
    await insist(() =>
      ledger.apply(SESSION, (state, changes) => releaseHold(state, changes, id(number))),
    );
    return 0n;
  }
  const charged = await insist(() =>
    ledger.apply(SESSION, (state, changes) => {
      chargeReceipt(state, changes, charge(number, price));
      return price;
    }),
  ).catch(() => 0n);
  await insist(() => {
    const released = ledger.later(SESSION, (state, changes) =>
      releaseHold(state, changes, id(number)),
    );
    void ledger.flushed();
    return released;
  });
  return charged;
}

it('neither loses nor doubles money, whatever gets lost on the way and whoever else writes', async () => {
  const job = fc.record({
    wanted: fc.bigInt({ min: 1n, max: 3_000n }),
    price: fc.bigInt({ min: 0n, max: 3_000n }),
    instance: fc.integer({ min: 0, max: 1 }),
  });
  const weathers = fc.array(fc.constantFrom<Weather>('fine', 'fine', 'lost before', 'lost after'), {
    minLength: 5,
    maxLength: 40,
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(job, { minLength: 1, maxLength: 25 }),
      weathers,
      async (jobs, weather) => {
        let day = 0;
        const { store, current } = stormyStore(() => weather[day++] ?? 'fine');
        const instances = [createLedger(store), createLedger(store)];
        const charged = await Promise.all(
          jobs.map(({ instance, ...rest }, number) =>
            runJob(instances[instance] as Ledger, { ...rest, number }),
          ),
        );
        const state = current();
        expectBalanced(state);
        expect(state.holds.size).toBe(0);
        expect(state.spent).toBe(charged.reduce((sum, price) => sum + price, 0n));
      },
    ),
    { numRuns: 150 },
  );
});

/** A ledger whose commits are counted. */
function countingLedger() {
  const { store, current } = stormyStore(() => 'fine');
  let commits = 0;
  const counting: LedgerStore = {
    ...store,
    commit: (...args) => {
      commits += 1;
      return store.commit(...args);
    },
  };
  const ledger = createLedger(counting);
  const reserve = (number: number) =>
    ledger.apply(SESSION, (state, changes) => reserveHold(state, changes, reservation(number, 1n)));
  const releaseLater = (number: number) =>
    ledger.later(SESSION, (state, changes) => releaseHold(state, changes, id(number)));
  return { ledger, reserve, releaseLater, current, commits: () => commits };
}

it('writes operations that arrive together with one commit', async () => {
  const { reserve, commits } = countingLedger();
  await Promise.all(Array.from({ length: 100 }, (_, number) => reserve(number)));
  expect(commits()).toBeLessThanOrEqual(2);
});

it('stores what is in no hurry with the next operation of its session', async () => {
  const { reserve, releaseLater, current, commits } = countingLedger();
  await reserve(1);
  const released = releaseLater(1);
  await reserve(2);
  await released;
  expect([...current().holds.keys()]).toEqual([id(2)]);
  expect(commits()).toBe(2);
});

it('stores what is in no hurry alone where nothing follows, or when it is asked to', async () => {
  const { ledger, reserve, releaseLater, current } = countingLedger();
  await Promise.all([reserve(1), reserve(2)]);
  await releaseLater(1);
  const released = releaseLater(2);
  await ledger.flushed();
  expect(current().holds.size).toBe(0);
  await released;
});

it('goes on from memory when the store forgets what it had acknowledged', async () => {
  const { store } = stormyStore(() => 'fine');
  let forget = false;
  const empty: LedgerStore = {
    load: (session) => (forget ? Promise.resolve(undefined) : store.load(session)),
    version: async (session) => (forget ? 0 : store.version(session)),
    async commit(state, changes, versions) {
      if (forget && versions.expected !== 0) return false;
      forget = false;
      return versions.expected === 0 && (await store.version(SESSION)) > 0
        ? true
        : store.commit(state, changes, versions);
    },
  };
  const ledger = createLedger(empty);
  await ledger.apply(SESSION, (state, changes) =>
    reserveHold(state, changes, reservation(1, 500n)),
  );
  forget = true;
  await ledger.apply(SESSION, (state, changes) =>
    reserveHold(state, changes, reservation(2, 300n)),
  );
  expect(heldOf(ledger.peek(SESSION) as SessionAccount)).toBe(800n);
});

it('charges a ticket once however often it is asked', () => {
  const state = account();
  const changes = noChanges();
  reserveHold(state, changes, reservation(1, 500n));
  for (let again = 0; again < 3; again++) chargeReceipt(state, changes, charge(1, 200n));
  expect(state.spent).toBe(200n);
  expect(changes.lines).toHaveLength(1);
  expect(freeOf(state)).toBe(DEPOSIT - 200n);
});

it('pays receipts in the order they were chained, and never more than is owed', () => {
  const state = account();
  const changes = noChanges();
  for (const number of [3, 6]) {
    reserveHold(state, changes, reservation(number, 500n));
    chargeReceipt(state, changes, charge(number, 100n));
  }
  const offerId = id(100);
  const offer = state.offers.get(offerId);
  if (offer === undefined) throw new Error('no offer');
  expect(payableReceipts(offer, 99n)).toBe(EMPTY_RECEIPTS);
  const payment = { offerId, signature: id(5), guarantee: id(6) };
  const half = { ...payment, cumulative: 100n, receipts: payableReceipts(offer, 100n) };
  recordPayment(state, changes, half);
  expect(offer.due).toHaveLength(1);
  expect(() => recordPayment(state, changes, half)).toThrow();
  const tooMuch = { ...payment, cumulative: 201n, receipts: payableReceipts(offer, 201n) };
  expect(() => recordPayment(state, changes, tooMuch)).toThrow();
});

it('counts a deposit once, whatever old news arrives', () => {
  const state = { ...account(), deposit: 0n };
  const changes = noChanges();
  for (const total of [100n, 300n, 100n, 300n]) raiseDeposit(state, changes, { total, at: 0 });
  expect(state.deposit).toBe(300n);
  expect(changes.lines).toMatchObject([
    { kind: 'DEPOSIT', amount: 100n },
    { kind: 'TOP_UP', amount: 200n },
  ]);
});
