import type { EpochMs } from '@assay/wire';
import type { StatementLine } from '../settlement/account-changes.ts';

export interface Forecast {
  readonly perHour: bigint;
  readonly deviation: bigint;
  readonly exhaustsAt: EpochMs | undefined;
  readonly suggestedTopUp: bigint;
}

const HOUR = 3_600_000;
const HORIZON_HOURS = 24;
/** One-sided 95 %. */
const Z = 1.64;
const ALPHA = 0.3;

/**
 * What the session will spend: an exponentially weighted mean and deviation of its hours, the latest counting most. A top-up is
 * suggested where the balance does not cover a day of that with 95 % certainty. Undefined without an hour of history.
 */
export function forecastSpending(
  lines: readonly StatementLine[],
  { free, now }: { readonly free: bigint; readonly now: EpochMs },
): Forecast | undefined {
  const jobs = lines.filter((line) => line.kind === 'JOB');
  const first = jobs[0];
  if (first === undefined) return undefined;
  const { mean, deviation } = weighted(hourlySums(jobs, first.at, now));
  const needed = mean * HORIZON_HOURS + Z * deviation * Math.sqrt(HORIZON_HOURS);
  const missing = BigInt(Math.ceil(needed)) - free;
  return {
    perHour: BigInt(Math.round(mean)),
    deviation: BigInt(Math.round(deviation)),
    exhaustsAt: mean > 0 ? now + (Number(free) / mean) * HOUR : undefined,
    suggestedTopUp: missing > 0n ? missing : 0n,
  };
}

function hourlySums(jobs: readonly StatementLine[], from: EpochMs, now: EpochMs): number[] {
  const sums = new Array<number>(Math.max(1, Math.ceil((now - from) / HOUR))).fill(0);
  for (const { at, amount } of jobs) {
    const hour = Math.min(sums.length - 1, Math.max(0, Math.floor((at - from) / HOUR)));
    sums[hour] = (sums[hour] ?? 0) - Number(amount);
  }
  return sums;
}

function weighted(sums: readonly number[]): { mean: number; deviation: number } {
  let mean = sums[0] ?? 0;
  let variance = 0;
  for (const sum of sums.slice(1)) {
    const step = sum - mean;
    mean += ALPHA * step;
    variance = (1 - ALPHA) * (variance + ALPHA * step * step);
  }
  return { mean, deviation: Math.sqrt(variance) };
}
