import type { FingerprintBasis, Hex, Manifest } from '@assay/wire';

/** One model this provider serves: the bundle in the slot pool and the offer that names it to marketplaces. */
export interface ServedOffer {
  readonly modelId: Hex;
  readonly offerId: Hex;
  readonly execClass: Hex;
  readonly manifest: Manifest;
  readonly basis: FingerprintBasis;
  /** Payment units per metering unit while idle, and the most the offer on chain allows. */
  readonly price: bigint;
  readonly ceiling: bigint;
  readonly surge: number;
  readonly msPerUnit: number;
}
