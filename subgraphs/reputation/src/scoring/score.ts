import type { ScorePart } from '../domain/reputation.ts';
import { decayed, SCORING, type ScoringParameters } from './parameters.ts';

/** What the chain says about a provider. */
export interface ChainFacts {
  readonly own: bigint;
  readonly slashable: bigint;
  readonly unmatured: bigint;
  readonly slashes: readonly { readonly atMs: number; readonly reason: string }[];
}

export interface ScoreInputs {
  readonly trust: number;
  /** Evidence on this provider, in reference fees. */
  readonly evidence: number;
  readonly ratings: { readonly weight: number; readonly sum: number };
  readonly audits: { readonly matches: number; readonly mismatches: number };
  readonly facts: ChainFacts | undefined;
  readonly minStake: bigint;
  readonly now: number;
}

/** Of each ingredient, 0 … 1. */
export type PartValues = Readonly<Record<keyof ScoringParameters['weights'], number>>;

/** What the parts are worth; explaining them costs more and is done for few. */
export function partValues(
  inputs: ScoreInputs,
  parameters: ScoringParameters = SCORING,
): PartValues {
  return {
    reliability: inputs.trust,
    ratings: ratingsValue(inputs, parameters),
    audits: auditsValue(inputs),
    stake: 1 - 2 ** (-stakeTimes(inputs) / 2),
    record: recordValue(inputs, parameters),
  };
}

export function scoreOf(values: PartValues, { weights }: ScoringParameters = SCORING): number {
  return (
    values.reliability * weights.reliability +
    values.ratings * weights.ratings +
    values.audits * weights.audits +
    values.stake * weights.stake +
    values.record * weights.record
  );
}

/** The ingredients of a score with a sentence each; `score = sum of value x weight`. */
export function explainedParts(
  inputs: ScoreInputs,
  values: PartValues,
  { weights }: ScoringParameters = SCORING,
): ScorePart[] {
  const { ratings, audits, facts } = inputs;
  const slashes = facts?.slashes ?? [];
  const sentences: Record<keyof PartValues, string> = {
    reliability: `Lower bound of good outcomes, from evidence worth ${inputs.evidence.toFixed(1)} reference fees.`,
    ratings:
      ratings.weight === 0
        ? 'No ratings yet.'
        : `Payers’ ratings, weighted by what they paid (${ratings.weight.toFixed(1)}).`,
    audits: `About ${audits.matches.toFixed(1)} audits matched and ${audits.mismatches.toFixed(1)} did not, fading with time.`,
    stake: `${stakeTimes(inputs).toFixed(1)} times the minimum stake can be slashed.`,
    record:
      slashes.length === 0
        ? 'Never slashed in the last 90 days.'
        : `Slashed ${slashes.length} times in 90 days, last for ${slashes[0]?.reason}.`,
  };
  const names = Object.keys(sentences) as (keyof PartValues)[];
  return names.map((name) => ({
    name,
    value: values[name],
    weight: weights[name],
    explanation: sentences[name],
  }));
}

function ratingsValue({ ratings }: ScoreInputs, { ratingPrior }: ScoringParameters): number {
  const weight = ratings.weight + ratingPrior.weight;
  return (ratings.sum + ratingPrior.value * ratingPrior.weight) / weight;
}

const AUDIT_PRIOR = 2;
const MISMATCH_WEIGHT = 5;

function auditsValue({ audits: { matches, mismatches } }: ScoreInputs): number {
  const good = AUDIT_PRIOR + matches;
  return good / (good + MISMATCH_WEIGHT * mismatches);
}

/** How many minimum stakes can be slashed: half of the part at two, nearly all at ten. */
function stakeTimes({ facts, minStake }: ScoreInputs): number {
  return Number(facts?.slashable ?? 0n) / Math.max(1, Number(minStake));
}

function recordValue({ facts, now }: ScoreInputs, { slashHalfLifeMs }: ScoringParameters): number {
  let weight = 0;
  for (const { atMs } of facts?.slashes ?? []) weight += decayed(now - atMs, slashHalfLifeMs);
  return 2 ** -weight;
}
