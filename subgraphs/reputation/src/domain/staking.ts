import type { Address, Hex } from '@assay/wire';
import type { Freshness } from './freshness.ts';

/** Stake amounts are base units of the stake token, rewards and unmatured earnings of the payment token. */
export interface ProviderStaking {
  readonly own: bigint;
  readonly delegated: bigint;
  readonly thawing: bigint;
  readonly capacityLeft: bigint;
  readonly delegatorCutPpm: number;
  readonly unmatured: bigint;
  readonly slashes: readonly Slash[];
  readonly freshness: Freshness;
}

export interface Slash {
  readonly id: Hex;
  readonly providerId: Address;
  readonly own: bigint;
  readonly delegated: bigint;
  readonly reason: string;
  /** The ticket of the receipts that prove it. */
  readonly evidence: Hex;
  /** Seconds since the epoch, as all times here. */
  readonly at: number;
  readonly transaction: Hex;
}

export interface Delegation {
  readonly providerId: Address;
  readonly shares: bigint;
  readonly value: bigint;
  readonly rewards: bigint;
}

export interface Thaw {
  readonly providerId: Address;
  readonly tokens: bigint;
  readonly withdrawableAt: number;
}

export interface Staker {
  readonly address: Address;
  readonly own: bigint;
  readonly delegations: readonly Delegation[];
  readonly thaws: readonly Thaw[];
  readonly rewards: bigint;
  readonly slashes: readonly Slash[];
  readonly freshness: Freshness;
}

export interface Dispute {
  readonly id: Hex;
  readonly providerId: Address;
  readonly reporter: Address;
  readonly ticket: Hex;
  readonly status: string;
  readonly openedAt: number;
  readonly deadline: number | undefined;
  readonly resolvedAt: number | undefined;
}

export interface ProtocolStat {
  readonly start: number;
  readonly jobs: bigint;
  readonly units: bigint;
  readonly fees: bigint;
  readonly royalties: bigint;
  readonly staked: bigint;
  readonly delegated: bigint;
  readonly slashed: bigint;
}
