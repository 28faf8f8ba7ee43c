/** Why jobs may not come, how much of them it keeps away, and what to do about it. */
export interface Reason {
  /** 100: no job can come. Under that: guessed from how the router weighs it. */
  readonly weight: number;
  readonly why: string;
  readonly fix: string;
}

/** The weightiest first; what several marketplaces say alike is said once. */
export function rankReasons(reasons: readonly Reason[]): Reason[] {
  const byWords = new Map(reasons.map((reason) => [`${reason.why}\n${reason.fix}`, reason]));
  return [...byWords.values()].toSorted((a, b) => b.weight - a.weight);
}
