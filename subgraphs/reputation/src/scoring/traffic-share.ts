/** What the router's probe weight is made of, for asking what a score is worth. */
export interface Attraction {
  readonly trust: number;
  /** Evidence in reference fees. */
  readonly jobs: number;
  /** Units a second. */
  readonly speed: number;
  readonly stake: number;
}

/** Below this trust a provider gets no jobs: the router's own limit. */
const ELIGIBLE_TRUST = 0.3;
const TRUST_POWER = 7;
const RAMP_JOBS = 100;
const RAMP_START = 5;

/** The router's weight of a provider at equal prices (DESIGN 7), up to a common factor. */
export function trafficWeight({ trust, jobs, speed, stake }: Attraction, stakeScale = 1): number {
  if (trust <= ELIGIBLE_TRUST) return 0;
  const ramp = Math.min(1, (jobs + RAMP_START) / RAMP_JOBS);
  return trust ** TRUST_POWER * speed * ramp * (1 - Math.exp(-stake / stakeScale));
}
