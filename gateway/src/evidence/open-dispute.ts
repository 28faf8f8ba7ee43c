import type { Address, DisputeTerms } from '@assay/wire';

/** A dispute that the chain calls open, as far as its evidence is concerned. */
export interface OpenDispute {
  readonly terms: DisputeTerms;
  /** Owners and their current receipt keys: the accused's, the reporter's, the jurors'. */
  readonly parties: ReadonlySet<Address>;
  /** Unix seconds of the last window's end. */
  readonly endsAt: number;
}
