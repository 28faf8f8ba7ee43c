import { type AliasTable, createAliasTable } from './alias-table.ts';
import type { Candidate } from './candidate.ts';

/** All live offers of one model, with what a decision needs of them as a whole. Rebuilt once a second and when membership changes. */
export interface Bucket {
  readonly members: Candidate[];
  table: AliasTable;
  medianPrice: number;
  stale: boolean;
}

const TRUST_POWER = 7;
const RAMP_JOBS = 100;

export function createBucket(): Bucket {
  return { members: [], table: createAliasTable(new Float64Array(0)), medianPrice: 1, stale: true };
}

/** How often a provider is looked at: trusted, cheap, fast, calibrated; newcomers ramp up over 100 jobs. */
export function probeWeight(candidate: Candidate): number {
  const { row, price, speed, calibration } = candidate;
  const ramp = Math.min(1, (row.jobs + 5) / RAMP_JOBS);
  return (
    (row.trust ** TRUST_POWER * speed * row.capacity * ramp) / (Math.max(price, 1e-9) * calibration)
  );
}

export function refreshBucket(bucket: Bucket): void {
  const weights = new Float64Array(bucket.members.length);
  for (const [index, member] of bucket.members.entries()) {
    member.weight = probeWeight(member);
    weights[index] = member.weight;
  }
  bucket.table = createAliasTable(weights);
  const prices = bucket.members.map((member) => member.price).toSorted((a, b) => a - b);
  bucket.medianPrice = Math.max(prices[prices.length >> 1] ?? 1, 1e-9);
  bucket.stale = false;
}
