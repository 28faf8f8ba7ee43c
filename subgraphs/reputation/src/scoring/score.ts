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

/** The ingredients of a score; `score = sum of value x weight`. */
export function scoreParts(
  inputs: ScoreInputs,
  parameters: ScoringParameters = SCORING,
): ScorePart[] {
  const { weights } = parameters;
  return [
    {
      name: 'reliability',
      value: inputs.trust,
      weight: weights.reliability,
      explanation: `Lower bound of good outcomes, from evidence worth ${inputs.evidence.toFixed(1)} reference fees.`,
    },
    { name: 'ratings', weight: weights.ratings, ...ratingsPart(inputs, parameters) },
    { name: 'audits', weight: weights.audits, ...auditsPart(inputs) },
    { name: 'stake', weight: weights.stake, ...stakePart(inputs) },
    { name: 'record', weight: weights.record, ...recordPart(inputs, parameters) },
  ];
}

export function scoreOf(parts: readonly ScorePart[]): number {
  return parts.reduce((sum, { value, weight }) => sum + value * weight, 0);
}

type Judged = Pick<ScorePart, 'value' | 'explanation'>;

function ratingsPart({ ratings }: ScoreInputs, { ratingPrior }: ScoringParameters): Judged {
  const weight = ratings.weight + ratingPrior.weight;
  return {
    value: (ratings.sum + ratingPrior.value * ratingPrior.weight) / weight,
    explanation:
      ratings.weight === 0
        ? 'No ratings yet.'
        : `Payers’ ratings, weighted by what they paid (${ratings.weight.toFixed(1)}).`,
  };
}

const AUDIT_PRIOR = 2;
const MISMATCH_WEIGHT = 5;

function auditsPart({ audits: { matches, mismatches } }: ScoreInputs): Judged {
  const good = AUDIT_PRIOR + matches;
  return {
    value: good / (good + MISMATCH_WEIGHT * mismatches),
    explanation: `About ${matches.toFixed(1)} audits matched and ${mismatches.toFixed(1)} did not, fading with time.`,
  };
}

/** Half at twice the minimum, nearly all at ten times. */
function stakePart({ facts, minStake }: ScoreInputs): Judged {
  const slashable = Number(facts?.slashable ?? 0n);
  const times = slashable / Math.max(1, Number(minStake));
  return {
    value: 1 - 2 ** (-times / 2),
    explanation: `${times.toFixed(1)} times the minimum stake can be slashed.`,
  };
}

function recordPart({ facts, now }: ScoreInputs, { slashHalfLifeMs }: ScoringParameters): Judged {
  const slashes = facts?.slashes ?? [];
  const weight = slashes.reduce((sum, { atMs }) => sum + decayed(now - atMs, slashHalfLifeMs), 0);
  const [last] = slashes;
  return {
    value: 2 ** -weight,
    explanation:
      last === undefined
        ? 'Never slashed in the last 90 days.'
        : `Slashed ${slashes.length} times in 90 days, last for ${last.reason}.`,
  };
}
