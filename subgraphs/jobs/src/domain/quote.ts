import type { EpochMs, Hex } from '@assay/wire';

/** A firm answer to an intent. Times in ms. */
export interface Quote {
  readonly id: Hex;
  readonly intentHash: Hex;
  readonly modelId: Hex;
  readonly feasible: boolean;
  readonly price: bigint | undefined;
  readonly latencyP50Ms: number | undefined;
  readonly latencyP90Ms: number | undefined;
  readonly providers: number;
  readonly expiresAt: EpochMs;
  readonly binding: string | undefined;
  readonly relaxation: Relaxation | undefined;
  readonly signature: Hex | undefined;
}

/** The cheapest change of one hard limit that helps. */
export interface Relaxation {
  readonly constraint: string;
  readonly to: string;
  readonly price: bigint;
}

export interface QuoteStore {
  save(quote: Quote): Promise<void>;
  /** The price and the intent a quote binds, while it is valid. */
  find(id: Hex): Promise<BoundQuote | undefined>;
}

export type BoundQuote = Pick<Quote, 'intentHash' | 'modelId' | 'expiresAt'> & {
  readonly price: bigint;
};
