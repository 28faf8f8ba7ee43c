import type { Address, Hex, Outcome } from '@assay/wire';
import type { ChainFacts } from './score.ts';
import type { ChainView } from './scoreboard.ts';

/** Short numbered addresses for tests. */
export const address = (place: number): Address =>
  `0x${place.toString(16).padStart(40, '0')}` as Address;

export const MIN_STAKE = 100n;

export function facts(stake = 10n * MIN_STAKE): ChainFacts {
  return { own: stake, slashable: stake, unmatured: 0n, slashes: [] };
}

export function chainOf(providers: readonly Address[], fact = facts()): ChainView {
  return { providers: new Map(providers.map((id) => [id, fact])), minStake: MIN_STAKE };
}

const NOBODY = `0x${'0'.repeat(64)}` as Hex;

export type OutcomeFacts = Partial<Outcome> & Pick<Outcome, 'kind' | 'providerId'>;

/** An outcome of a job whose fee is one reference fee. */
export function outcome(given: OutcomeFacts): Outcome {
  return {
    jobId: NOBODY,
    attempt: 1,
    modelId: NOBODY,
    payer: address(900),
    at: 0,
    latencyMs: 10,
    units: '1',
    price: '100',
    protocolFee: '1',
    choices: 3,
    ...given,
  };
}
