import type { Address, Hex } from '@assay/wire';
import type { Freshness } from './freshness.ts';
import type { Reputation } from './reputation.ts';
import type { ProtocolStat, ProviderStaking, Slash, Staker } from './staking.ts';

export interface Yields {
  readonly yield7d: number | undefined;
  readonly yield30d: number | undefined;
  readonly yield90d: number | undefined;
}

export interface DisputeQuery {
  readonly provider?: Address | null;
  readonly status?: string | null;
}

export interface PageQuery {
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
}

export interface StatsQuery {
  readonly interval: 'HOUR' | 'DAY';
  readonly from: Date | undefined;
  readonly to: Date | undefined;
}

/** What the schema may ask about standing and stake; one object an operation, so that equal questions are asked once. */
export interface Reputations {
  /** Undefined for a provider that was never scored. */
  reputation(provider: Address): Promise<Reputation | undefined>;
  /** How fresh the facts behind the scores are. */
  freshness(): Promise<Freshness>;
  /** Highest trust among the providers with an open offer; undefined without any. */
  modelTrust(modelId: Hex): Promise<number | undefined>;
  /** Undefined for an address that never staked. */
  staking(provider: Address): Promise<ProviderStaking | undefined>;
  yields(provider: Address): Promise<Yields>;
  staker(address: Address): Promise<Staker>;
  leaderboard(first: number): Promise<readonly { readonly id: Address }[]>;
  slashes(provider: Address | undefined, first: number): Promise<readonly Slash[]>;
  disputes(query: DisputeQuery, page: PageQuery): Promise<object>;
  stats(query: StatsQuery): Promise<readonly ProtocolStat[]>;
}

export interface ScoreUpdate {
  readonly providerId: Address;
  readonly score: number;
  readonly reason: string;
  readonly at: number;
}

export interface ActivityEvent {
  readonly kind: string;
  /** Seconds since the epoch. */
  readonly at: number;
  readonly transaction: Hex;
  readonly providerId: Address | undefined;
  readonly amount: bigint | undefined;
}

/** Live news; each call is a subscriber of its own, whose `return()` ends it at once. */
export interface ReputationNews {
  scores(): AsyncIterable<ScoreUpdate>;
  activity(): AsyncIterable<ActivityEvent>;
}
