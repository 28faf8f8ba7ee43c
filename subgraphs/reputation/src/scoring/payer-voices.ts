import type { Address, EpochMs } from '@assay/wire';
import { decayed } from './parameters.ts';

/** Good and bad outcomes in reference fees. */
export interface Evidence {
  readonly good: number;
  readonly bad: number;
}

interface Tally {
  good: number;
  bad: number;
}

interface Payer {
  at: EpochMs;
  readonly providers: Map<Address, Tally>;
}

export interface VoicesState {
  readonly halfLifeMs: number;
  readonly payers: readonly (readonly [
    Address,
    EpochMs,
    readonly (readonly [Address, number, number])[],
  ])[];
}

/** Below this a payer is forgotten. */
const NEGLIGIBLE = 1e-3;

/**
 * What payers' money says about providers, fading with a half-life. A payer has one voice for the whole market,
 * linear in what it paid up to a cap and logarithmic above, shared among providers as its jobs were: so neither a
 * rich payer decides alone, nor does splitting a provider into several make its payers louder.
 */
export class PayerVoices {
  readonly #halfLifeMs: number;
  readonly #cap: number;
  readonly #payers = new Map<Address, Payer>();

  constructor(halfLifeMs: number, cap: number) {
    this.#halfLifeMs = halfLifeMs;
    this.#cap = cap;
  }

  add(payer: Address, provider: Address, evidence: Evidence, at: EpochMs): void {
    const known = this.#payers.get(payer) ?? { at, providers: new Map<Address, Tally>() };
    this.#payers.set(payer, known);
    this.#fade(known, at);
    const tally = known.providers.get(provider) ?? { good: 0, bad: 0 };
    // An outcome older than the newest one has faded since it happened.
    const left = decayed(known.at - at, this.#halfLifeMs);
    tally.good += evidence.good * left;
    tally.bad += evidence.bad * left;
    known.providers.set(provider, tally);
  }

  /** The evidence on every provider that any payer spoke of. Forgets payers that have faded away. */
  evidence(now: EpochMs): Map<Address, Tally> {
    const sums = new Map<Address, Tally>();
    for (const [address, payer] of this.#payers) {
      this.#fade(payer, now);
      const total = totalOf(payer);
      if (total < NEGLIGIBLE) {
        this.#payers.delete(address);
        continue;
      }
      const loudness = voiceOf(total, this.#cap) / total;
      for (const [provider, { good, bad }] of payer.providers) {
        const sum = sums.get(provider) ?? { good: 0, bad: 0 };
        sum.good += good * loudness;
        sum.bad += bad * loudness;
        sums.set(provider, sum);
      }
    }
    return sums;
  }

  /** How loud a payer is at one provider; 0 if it never paid there. */
  voiceAt(payer: Address, provider: Address): number {
    const known = this.#payers.get(payer);
    const tally = known?.providers.get(provider);
    if (known === undefined || tally === undefined) return 0;
    const total = totalOf(known);
    return total === 0 ? 0 : (voiceOf(total, this.#cap) * tally.good) / total;
  }

  toState(): VoicesState {
    const payers = [...this.#payers].map(([address, { at, providers }]) => {
      const tallies = [...providers].map(([id, { good, bad }]) => [id, good, bad] as const);
      return [address, at, tallies] as const;
    });
    return { halfLifeMs: this.#halfLifeMs, payers };
  }

  /** Takes up a state, whose half-life must be this one's. */
  restore(state: VoicesState): void {
    if (state.halfLifeMs !== this.#halfLifeMs) return;
    for (const [address, at, tallies] of state.payers) {
      const providers = new Map(tallies.map(([id, good, bad]) => [id, { good, bad }]));
      this.#payers.set(address, { at, providers });
    }
  }

  #fade(payer: Payer, now: EpochMs): void {
    if (now <= payer.at) return;
    const left = decayed(now - payer.at, this.#halfLifeMs);
    for (const tally of payer.providers.values()) {
      tally.good *= left;
      tally.bad *= left;
    }
    payer.at = now;
  }
}

function totalOf({ providers }: Payer): number {
  let total = 0;
  for (const { good, bad } of providers.values()) total += good + bad;
  return total;
}

function voiceOf(total: number, cap: number): number {
  return total <= cap ? total : cap * (1 + Math.log(total / cap));
}
