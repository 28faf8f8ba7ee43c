import type { HeldPayment } from './ledger.ts';

export interface ClaimRules {
  readonly minClaim: bigint;
  readonly gasFactor: number;
  /** Payment units that one ether of gas costs. */
  readonly paymentUnitsPerEther: bigint;
  readonly maxAgeMs: number;
  /** A session that ends within this time is claimed now, whatever the amount. */
  readonly urgentMs: number;
}

/** A payment that could be claimed, and when the chain would let the payer take the money back. */
export interface Claimable {
  readonly payment: HeldPayment;
  /** What the session and its gateway's bond can pay of what is due. */
  readonly collectable: bigint;
  /** Payer or key closed the session. */
  readonly closing: boolean;
  /** Epoch ms; undefined where nobody could say. */
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
/** What a claim of so many vouchers costs, in payment units. */
export function claimCost(vouchers: number, rules: ClaimRules, gasPrice: bigint): bigint {
  const gas = GAS_PER_BATCH + GAS_PER_VOUCHER * BigInt(vouchers);
  return (gas * gasPrice * rules.paymentUnitsPerEther) / 10n ** 18n;
}

/**
 * Which payments to claim now, most valuable first. A voucher joins when it pays for its own gas; the batch goes when it is
 * worth `gasFactor` times its gas and at least `minClaim`, or when one of it does not wait.
 */
export function planClaim(
  all: readonly Claimable[],
  rules: ClaimRules,
  market: ClaimMarket,
): HeldPayment[] {
  const byValue = (a: Claimable, b: Claimable): number => (b.collectable > a.collectable ? 1 : -1);
  const urgent = all.filter((one) => goesNow(one, rules, market)).toSorted(byValue);
  const rest = all.filter(
    (one) => !urgent.includes(one) && paysItsGas(one, rules, market.gasPrice),
  );
  const batch = [...urgent, ...rest.toSorted(byValue)].slice(0, MAX_BATCH);
  const worth = batch.reduce((sum, one) => sum + one.collectable, 0n);
  const needed = BigInt(
    Math.ceil(Number(claimCost(batch.length, rules, market.gasPrice)) * rules.gasFactor),
  );
  const worthwhile = worth > 0n && worth >= rules.minClaim && worth >= needed;
  return (worthwhile ? batch : urgent.slice(0, MAX_BATCH)).map(({ payment }) => payment);
}

/** Old vouchers and ending sessions in any case; closed ones as soon as they pay for a claim of their own. */
function goesNow(
  { payment, endsAt, closing, collectable }: Claimable,
  rules: ClaimRules,
  { now, gasPrice }: ClaimMarket,
): boolean {
  const waited = now - (payment.unclaimedSince ?? now);
  const isEnding = endsAt !== undefined && endsAt - now <= rules.urgentMs;
  const isWorth = collectable > claimCost(1, rules, gasPrice);
  return waited >= rules.maxAgeMs || isEnding || (closing && isWorth);
}

/** What closes has to be claimed sooner or later, and nowhere cheaper than in a batch; of the rest what is worth its own gas. */
function paysItsGas(one: Claimable, rules: ClaimRules, gasPrice: bigint): boolean {
  const own = (GAS_PER_VOUCHER * gasPrice * rules.paymentUnitsPerEther) / 10n ** 18n;
  return one.closing || rules.gasFactor === 0 || one.collectable > own;
}
