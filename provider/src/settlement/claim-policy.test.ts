import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Claimable, type ClaimRules, claimCost, planClaim } from './claim-policy.ts';
import type { HeldPayment } from './ledger.ts';

const DAY = 86_400_000;
const rules: ClaimRules = {
  minClaim: 1_000n,
  gasFactor: 10,
  paymentUnitsPerEther: 3_000_000_000n,
  maxAgeMs: DAY,
  urgentMs: 600_000,
};
const market = { now: 10 * DAY, gasPrice: 1_000_000_000n };
const claimable = (
  cumulative: bigint,
  change: Partial<HeldPayment> = {},
  session: Partial<Claimable> = {},
): Claimable => ({
  payment: { cumulative, claimed: 0n, unclaimedSince: market.now, ...change } as HeldPayment,
  collectable: cumulative,
  closing: false,
  endsAt: market.now + 7 * DAY,
  ...session,
});
const worth = (batch: readonly HeldPayment[]): bigint[] =>
  batch.map(({ cumulative, claimed }) => cumulative - claimed);
const perVoucher = claimCost(2, rules, market.gasPrice) - claimCost(1, rules, market.gasPrice);

test('waits until a claim is worth ten times its gas', () => {
  const cost = claimCost(1, rules, market.gasPrice);
  expect(planClaim([claimable(cost * 10n - 1n)], rules, market)).toEqual([]);
  expect(worth(planClaim([claimable(cost * 10n)], rules, market))).toEqual([cost * 10n]);
});

test('leaves vouchers behind that do not pay for their own gas', () => {
  const batch = planClaim([claimable(100_000_000n), claimable(perVoucher)], rules, market);
  expect(worth(batch)).toEqual([100_000_000n]);
});

test('an old voucher and a session about to end are claimed whatever they are worth', () => {
  const old = claimable(5n, { unclaimedSince: market.now - DAY });
  const ending = claimable(7n, {}, { endsAt: market.now + 60_000 });
  const waiting = claimable(9n, {}, { endsAt: market.now + DAY });
  expect(worth(planClaim([old, ending, waiting], rules, market))).toEqual([7n, 5n]);
});

test('a closed session is claimed at once if that pays, and at the latest in time', () => {
  const cost = claimCost(1, rules, market.gasPrice);
  const closing = { closing: true, endsAt: market.now + DAY };
  expect(worth(planClaim([claimable(cost + 1n, {}, closing)], rules, market))).toEqual([cost + 1n]);
  expect(planClaim([claimable(cost, {}, closing)], rules, market)).toEqual([]);
  const last = { closing: true, endsAt: market.now + rules.urgentMs };
  expect(worth(planClaim([claimable(5n, {}, last)], rules, market))).toEqual([5n]);
});

test('a voucher is worth what its session can still pay', () => {
  const cost = claimCost(1, rules, market.gasPrice);
  const empty = claimable(cost * 100n, {}, { collectable: 1n });
  expect(planClaim([empty], rules, market)).toEqual([]);
});

test('never plans more than a batch takes, nothing twice and nothing worthless', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.bigInt(1n, 10n ** 9n), fc.boolean()), { maxLength: 150 }),
      (entries) => {
        const all = entries.map(([value, old]) =>
          claimable(value, old ? { unclaimedSince: 0 } : {}),
        );
        const batch = planClaim(all, rules, market);
        expect(batch.length).toBeLessThanOrEqual(100);
        expect(new Set(batch).size).toBe(batch.length);
        const old = all.filter(({ payment }) => payment.unclaimedSince === 0);
        if (old.length > 0) expect(batch.length).toBeGreaterThan(0);
        expect(all.every((one) => one.collectable > 0n)).toBe(true);
      },
    ),
  );
});
