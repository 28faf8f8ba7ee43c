import type { EpochMs, Outcome } from '@assay/wire';

/** What the marketplace completed in one hour. */
export interface HourCount {
  readonly jobs: number;
  readonly units: bigint;
}

const HOUR_MS = 3_600_000;
const KEPT_HOURS = 24 * 100;

/** Start of an hour, in seconds since the epoch. */
export function hourOf(at: EpochMs): number {
  return Math.floor(at / HOUR_MS) * 3_600;
}

export type HourlyState = readonly (readonly [number, number, string])[];

/** Counts completed jobs and their units by the hour. */
export class HourlyCounts {
  readonly #hours = new Map<number, HourCount>();

  apply({ kind, at, units }: Outcome): void {
    if (kind !== 'completed') return;
    const hour = hourOf(at);
    const known = this.#hours.get(hour) ?? { jobs: 0, units: 0n };
    this.#hours.set(hour, { jobs: known.jobs + 1, units: known.units + BigInt(units) });
    const [oldest] = this.#hours.keys();
    if (this.#hours.size > KEPT_HOURS && oldest !== undefined) this.#hours.delete(oldest);
  }

  toState(): HourlyState {
    return [...this.#hours].map(([hour, { jobs, units }]) => [hour, jobs, units.toString()]);
  }

  restore(state: HourlyState): void {
    for (const [hour, jobs, units] of state) this.#hours.set(hour, { jobs, units: BigInt(units) });
  }
}
