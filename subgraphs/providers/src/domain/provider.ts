import type { Address, Hex } from '@assay/wire';

export type MeteringUnit = 'REQUEST' | 'TOKEN' | 'SECOND';

/** A provider as the chain knows it. */
export interface Provider {
  readonly id: Address;
  readonly region: string | undefined;
  readonly execClasses: readonly Hex[];
}

/** A provider's price ceiling and execution class for one model. */
export interface Offer {
  readonly id: Hex;
  readonly providerId: Address;
  readonly modelId: Hex;
  readonly priceCeiling: bigint;
  readonly unit: MeteringUnit;
  readonly execClass: Hex;
  /** Seconds since the epoch. */
  readonly validUntil: number;
}

/** What lists and orders need of a provider; offers are those that fit the list's filter. */
export interface ProviderSummary {
  readonly id: Address;
  readonly slashable: bigint;
  readonly offers: readonly { readonly id: Hex; readonly priceCeiling: bigint }[];
}
