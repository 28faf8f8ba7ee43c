const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** What the scores are made with. Evidence is counted in reference fees, so faking it has a price. */
export const SCORING = {
  /** Payment units of protocol fee that make one unit of evidence: a job of 100 units at 1 %. */
  referenceFee: 1,
  /** Assumed protocol fee where rounding made a small job's fee vanish; claims add up many jobs. */
  feePpm: 10_000,
  /**
   * A job whose payer left the router no choice says next to nothing: anybody can pay himself. Evidence bought this
   * way costs 40 jobs' prices a unit at 2 % fees, twice what being known sooner earns (`washing.test.ts`).
   */
  pinnedWeight: 0.0005,
  /** Up to this much in one half-life a payer's voice is what it paid, above it grows by the logarithm. */
  payerCap: 50,
  /** What one failed attempt weighs, in reference fees. */
  failure: 1,
  slowHalfLifeMs: 7 * DAY,
  fastHalfLifeMs: 10 * MINUTE,
  /** How much of usual behaviour the fast track needs to see before it believes in a change. */
  fastInertia: 5,
  prior: { good: 1, bad: 0.2 },
  /** While the whole network has little evidence everybody is new: more benefit of the doubt. */
  genesis: { extraGood: 3, halfEvidence: 50 },
  /** Bad evidence of one mismatch in an audit, and of one slash. */
  auditMismatch: 10,
  slash: 30,
  slashHalfLifeMs: 30 * DAY,
  /** Decayed mismatches from which on a provider gets no more jobs. */
  banAtMismatches: 1.5,
  ratingPrior: { weight: 3, value: 0.75 },
  weights: { reliability: 0.6, ratings: 0.1, audits: 0.1, stake: 0.1, record: 0.1 },
} as const;

type Numbers<T> = { readonly [K in keyof T]: T[K] extends number ? number : Numbers<T[K]> };
export type ScoringParameters = Numbers<typeof SCORING>;

/** What is left of a quantity after some time. */
export function decayed(ageMs: number, halfLifeMs: number): number {
  return 2 ** (-Math.max(0, ageMs) / halfLifeMs);
}
