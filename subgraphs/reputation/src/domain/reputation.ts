import type { Address, EpochMs } from '@assay/wire';

/** One ingredient of a score: `score = sum of value x weight`. */
export interface ScorePart {
  readonly name: string;
  /** 0 … 1. */
  readonly value: number;
  readonly weight: number;
  readonly explanation: string;
}

export interface ScoreChange {
  readonly at: EpochMs;
  readonly from: number;
  readonly to: number;
  readonly reason: string;
}

export interface ScorePoint {
  readonly at: EpochMs;
  readonly score: number;
}

/** A provider's standing with everything that explains it. */
export interface Reputation {
  readonly providerId: Address;
  readonly score: number;
  readonly trust: number;
  readonly eligible: boolean;
  readonly parts: readonly ScorePart[];
  readonly lastChange: ScoreChange | undefined;
  /** One point an hour, oldest first. */
  readonly history: readonly ScorePoint[];
  readonly updatedAt: EpochMs;
}
