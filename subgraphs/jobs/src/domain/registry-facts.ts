import type { Address, EpochMs, Hex, Manifest } from '@assay/wire';

/** What the chain says of a model. */
export interface RegisteredModel {
  readonly id: Hex;
  readonly manifest: Manifest;
  readonly deprecated: boolean;
}

/** What the chain says of a provider. */
export interface RegisteredProvider {
  readonly address: Address;
  readonly receiptKey: Address;
  readonly region: string;
}

/** What the chain says of an offer: the ceiling that live prices keep. */
export interface RegisteredOffer {
  readonly id: Hex;
  readonly provider: Address;
  readonly modelId: Hex;
  readonly priceCeiling: bigint;
  readonly execClass: Hex;
  /** Unix seconds; 0 means no end. */
  readonly validUntil: bigint;
}

/** The chain's registries, followed. */
export interface Registry {
  model(id: Hex): RegisteredModel | undefined;
  modelsOfTask(task: string): readonly RegisteredModel[];
  provider(address: Address): RegisteredProvider | undefined;
  offer(id: Hex): RegisteredOffer | undefined;
  /** Reads new blocks at once: for somebody who has just registered. */
  refresh(): Promise<void>;
}

export function isValidAt(offer: RegisteredOffer, now: EpochMs): boolean {
  return offer.validUntil === 0n || offer.validUntil * 1000n > BigInt(now);
}
