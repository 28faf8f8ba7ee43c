import { boundUnits, type JobPayload, type Manifest } from '@assay/wire';

export interface UnitCount {
  /** Units the price is held for. */
  readonly most: bigint;
  /** Units expected, for the latency. */
  readonly expected: number;
}

/** How many metering units a job can cost at most, as its provider counts them. Throws I102 or I103, see `boundUnits`. */
export function countUnits(manifest: Manifest, payload: JobPayload): UnitCount {
  const { most, expected } = boundUnits(manifest, payload);
  return { most: BigInt(most), expected };
}
