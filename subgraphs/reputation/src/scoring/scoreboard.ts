import type { Address, EpochMs, Outcome } from '@assay/wire';
import type { ScorePart } from '../domain/reputation.ts';
import { decayed, SCORING, type ScoringParameters } from './parameters.ts';
import { type Evidence, PayerVoices, type VoicesState } from './payer-voices.ts';
import { type ChainFacts, explainedParts, partValues, scoreOf } from './score.ts';
import { trustOf } from './trust.ts';

/** A provider's standing at one moment. */
export interface Standing {
  readonly score: number;
  readonly trust: number;
  /** Evidence in reference fees: the router's measure of how well a provider is known. */
  readonly jobs: number;
  /** Made when asked for. */
  readonly parts: readonly ScorePart[];
  readonly eligible: boolean;
  readonly reason: string;
}

export interface ChainView {
  readonly providers: ReadonlyMap<Address, ChainFacts>;
  readonly minStake: bigint;
}

interface Audits {
  matches: number;
  mismatches: number;
  at: EpochMs;
}

interface Rating {
  readonly value: number;
  /** The payer's voice at this provider when it rated. */
  readonly weight: number;
  readonly at: EpochMs;
}

export interface ScoreboardState {
  readonly slow: VoicesState;
  readonly fast: VoicesState;
  readonly audits: readonly (readonly [Address, Audits])[];
  readonly ratings: readonly (readonly [Address, readonly (readonly [Address, Rating])[]])[];
}

const NOTHING: Evidence = { good: 0, bad: 0 };
/** Shedding load is what an overloaded provider should do. */
const FAILURES: ReadonlySet<Outcome['kind']> = new Set(['failed', 'timeout', 'lost', 'invalid']);

/** Turns outcomes and chain facts into standings. Knows no clock and does no I/O. */
export class Scoreboard {
  readonly #parameters: ScoringParameters;
  readonly #slow: PayerVoices;
  readonly #fast: PayerVoices;
  readonly #audits = new Map<Address, Audits>();
  /** One rating for each payer: the last. */
  readonly #ratings = new Map<Address, Map<Address, Rating>>();

  constructor(parameters: ScoringParameters = SCORING) {
    this.#parameters = parameters;
    this.#slow = new PayerVoices(parameters.slowHalfLifeMs, parameters.payerCap);
    this.#fast = new PayerVoices(parameters.fastHalfLifeMs, parameters.payerCap);
  }

  apply(outcome: Outcome): void {
    const { kind, payer, providerId, at } = outcome;
    if (kind === 'completed')
      this.#hear(payer, providerId, { good: this.#worth(outcome), bad: 0 }, at);
    else if (FAILURES.has(kind))
      this.#hear(payer, providerId, { good: 0, bad: this.#parameters.failure }, at);
    else if (kind === 'rating') this.#rate(outcome);
    else if (kind === 'audit-match' || kind === 'audit-mismatch') this.#audit(outcome);
  }

  /** Everybody the chain knows, and nobody else: only they can be slashed. */
  evaluate(now: EpochMs, chain: ChainView): Map<Address, Standing> {
    const slow = this.#slow.evidence(now);
    const fast = this.#fast.evidence(now);
    let network = 0;
    for (const { good, bad } of slow.values()) network += good + bad;
    const standings = new Map<Address, Standing>();
    for (const [provider, facts] of chain.providers) {
      const evidence = { slow: slow.get(provider) ?? NOTHING, fast: fast.get(provider) ?? NOTHING };
      standings.set(
        provider,
        this.#judge(provider, { ...evidence, network }, { facts, now, chain }),
      );
    }
    return standings;
  }

  toState(): ScoreboardState {
    return {
      slow: this.#slow.toState(),
      fast: this.#fast.toState(),
      audits: [...this.#audits],
      ratings: [...this.#ratings].map(([provider, ratings]) => [provider, [...ratings]]),
    };
  }

  restore(state: ScoreboardState): void {
    this.#slow.restore(state.slow);
    this.#fast.restore(state.fast);
    for (const [provider, audits] of state.audits) this.#audits.set(provider, { ...audits });
    for (const [provider, ratings] of state.ratings) this.#ratings.set(provider, new Map(ratings));
  }

  #hear(payer: Address, provider: Address, evidence: Evidence, at: EpochMs): void {
    this.#slow.add(payer, provider, evidence, at);
    this.#fast.add(payer, provider, evidence, at);
  }

  /** A completed job's worth: the protocol fee it burns, in reference fees. */
  #worth({ protocolFee, price, choices }: Outcome): number {
    const { referenceFee, feePpm, pinnedWeight } = this.#parameters;
    const fee = Math.max(Number(protocolFee), (Number(price) * feePpm) / 1_000_000);
    const free = choices === undefined || choices > 1;
    return (fee / referenceFee) * (free ? 1 : pinnedWeight);
  }

  #rate({ providerId, payer, rating, at }: Outcome): void {
    if (rating === undefined) return;
    const ratings = this.#ratings.get(providerId) ?? new Map<Address, Rating>();
    const weight = this.#slow.voiceAt(payer, providerId);
    ratings.set(payer, { value: (rating - 1) / 4, weight, at });
    this.#ratings.set(providerId, ratings);
  }

  #audit({ providerId, kind, at }: Outcome): void {
    const known = this.#auditsOf(providerId, at);
    if (kind === 'audit-match') known.matches += 1;
    else known.mismatches += 1;
    this.#audits.set(providerId, known);
  }

  #auditsOf(provider: Address, now: EpochMs): Audits {
    const known = this.#audits.get(provider);
    if (known === undefined) return { matches: 0, mismatches: 0, at: now };
    const left = decayed(now - known.at, this.#parameters.slowHalfLifeMs);
    const at = Math.max(now, known.at);
    return { matches: known.matches * left, mismatches: known.mismatches * left, at };
  }

  #ratingsOf(provider: Address, now: EpochMs): { weight: number; sum: number } {
    let weight = 0;
    let sum = 0;
    for (const rating of this.#ratings.get(provider)?.values() ?? []) {
      const left = rating.weight * decayed(now - rating.at, this.#parameters.slowHalfLifeMs);
      weight += left;
      sum += left * rating.value;
    }
    return { weight, sum };
  }

  #judge(
    provider: Address,
    evidence: { readonly slow: Evidence; readonly fast: Evidence; readonly network: number },
    { facts, now, chain }: { facts: ChainFacts; now: EpochMs; chain: ChainView },
  ): Standing {
    const { auditMismatch, slash, slashHalfLifeMs, banAtMismatches } = this.#parameters;
    const audits = this.#auditsOf(provider, now);
    const slashed = facts.slashes.reduce(
      (sum, { atMs }) => sum + decayed(now - atMs, slashHalfLifeMs),
      0,
    );
    const held = auditMismatch * audits.mismatches + slash * slashed;
    const trust = trustOf({ ...evidence, held }, this.#parameters);
    const jobs = evidence.slow.good + evidence.slow.bad;
    const inputs = {
      trust,
      evidence: jobs,
      ratings: this.#ratingsOf(provider, now),
      audits,
      facts,
      minStake: chain.minStake,
      now,
    };
    const values = partValues(inputs, this.#parameters);
    const barred = barredFor(facts, audits.mismatches >= banAtMismatches);
    const parameters = this.#parameters;
    return {
      score: barred === undefined ? scoreOf(values, parameters) : 0,
      trust,
      jobs,
      get parts() {
        return explainedParts(inputs, values, parameters);
      },
      eligible: barred === undefined,
      reason: barred ?? 'ok',
    };
  }
}

function barredFor({ slashable }: ChainFacts, banned: boolean): string | undefined {
  if (slashable === 0n) return 'no stake';
  return banned ? 'audits did not match' : undefined;
}
