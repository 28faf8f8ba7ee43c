import type { JobParams } from './commitment.ts';
import type { Tensor } from './tensor.ts';
import type { Address, EpochMs, Hex } from './units.ts';

export type Optimise = 'CHEAP' | 'BALANCED' | 'FAST' | 'GREEN';
export type Verification = 'SAMPLED' | 'EVERY';

/** What a client wants, in domain form: the GraphQL input after parsing. Amounts are payment units for the whole job. */
export interface Intent {
  readonly target: { readonly modelId: Hex } | { readonly task: string };
  readonly must: Must;
  readonly prefer: Prefer;
  /** How many further attempts may follow a failed one. */
  readonly retries: number;
}

/** Hard limits. Never relaxed silently. */
export interface Must {
  readonly maxPrice?: bigint;
  readonly maxLatencyMs?: number;
  readonly maxTtftMs?: number;
  readonly deadline?: EpochMs;
  readonly regions?: readonly string[];
  readonly onlyProviders?: readonly Address[];
  readonly ignoreProviders?: readonly Address[];
  readonly verification?: Verification;
  readonly minTrust?: number;
  readonly maxGramsCO2?: number;
}

/** kappa: value of a second in units of the median price; eta: weight of energy. */
export interface Prefer {
  readonly kappa: number;
  readonly eta: number;
}

/** The four words of `prefer.optimise` in numbers (facts: kappa 0.3 … 10 spans cost 0.88 … 1.05 of the median). */
export const OPTIMISE: Readonly<Record<Optimise, Prefer>> = {
  CHEAP: { kappa: 0.3, eta: 0 },
  BALANCED: { kappa: 3, eta: 0 },
  FAST: { kappa: 10, eta: 0 },
  GREEN: { kappa: 1, eta: 1 },
};

/** The payload of a job: tensors, or text with its decoding options in `params`. Blobs are resolved before this point. */
export type JobPayload =
  | { readonly kind: 'tensors'; readonly tensors: readonly Tensor[]; readonly params: JobParams }
  | { readonly kind: 'text'; readonly prompt: string; readonly params: JobParams };
