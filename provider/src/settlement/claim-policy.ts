import type { HeldPayment } from './ledger.ts';

export interface ClaimRules {
  readonly minClaim: bigint;
  readonly gasFactor: number;
  /** Payment units that one ether of gas costs. */
  readonly paymentUnitsPerEther: bigint;
  readonly maxAgeMs: number;
}

/** A payment that could be claimed, and when the chain would let the payer take the money back. */
export interface Claimable {
  readonly payment: HeldPayment;
  /** Epoch ms; undefined while nothing ends the session. */
  readonly endsAt: number | undefined;
}

export interface ClaimMarket {
  readonly now: number;
  /** Wei. */
  readonly gasPrice: bigint;
}

/** Measured: a first claim of a session and offer, in a batch. */
const GAS_PER_VOUCHER = 60_000n;
const GAS_PER_BATCH = 60_000n;
export const MAX_BATCH = 100;
/** A session that ends within this time is claimed now, whatever the amount. */
const URGENT_MS = 10 * 60_000;

export const unclaimedValue = ({ payment }: Claimable): bigint =>
  payment.cumulative - payment.claimed;

/** What a claim of so many vouchers costs, in payment units. */
export function claimCost(vouchers: number, rules: ClaimRules, gasPrice: bigint): bigint {
  const gas = GAS_PER_BATCH + GAS_PER_VOUCHER * BigInt(vouchers);
  return (gas * gasPrice * rules.paymentUnitsPerEther) / 10n ** 18n;
}

/**
 * Which payments to claim now, most valuable first. A voucher joins when it pays for its own gas; the batch goes when it is
 * worth `gasFactor` times its gas and at least `minClaim`, or when one of it cannot wait.
 */
export function planClaim(
  all: readonly Claimable[],
  rules: ClaimRules,
  market: ClaimMarket,
): HeldPayment[] {
  const byValue = (a: Claimable, b: Claimable): number =>
    unclaimedValue(b) > unclaimedValue(a) ? 1 : -1;
  const urgent = all.filter((one) => isUrgent(one, rules, market.now)).toSorted(byValue);
  const rest = all.filter(
    (one) => !urgent.includes(one) && paysItsGas(one, rules, market.gasPrice),
  );
  const batch = [...urgent, ...rest.toSorted(byValue)].slice(0, MAX_BATCH);
  const worth = batch.reduce((sum, one) => sum + unclaimedValue(one), 0n);
  const needed = BigInt(
    Math.ceil(Number(claimCost(batch.length, rules, market.gasPrice)) * rules.gasFactor),
  );
  const worthwhile = worth > 0n && worth >= rules.minClaim && worth >= needed;
  return (worthwhile ? batch : urgent.slice(0, MAX_BATCH)).map(({ payment }) => payment);
}

function isUrgent({ payment, endsAt }: Claimable, rules: ClaimRules, now: number): boolean {
  const waited = now - (payment.unclaimedSince ?? now);
  return waited >= rules.maxAgeMs || (endsAt !== undefined && endsAt - now <= URGENT_MS);
}

/** Closing sessions have their end; without one only what is worth its own gas is taken along. */
function paysItsGas(one: Claimable, rules: ClaimRules, gasPrice: bigint): boolean {
  const own = (GAS_PER_VOUCHER * gasPrice * rules.paymentUnitsPerEther) / 10n ** 18n;
  return one.endsAt !== undefined || rules.gasFactor === 0 || unclaimedValue(one) > own;
}
