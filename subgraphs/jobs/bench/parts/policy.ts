import type { SimProvider } from './world.ts';

export interface Answer {
  readonly ok: boolean;
  /** Declined for load: no failure. */
  readonly shed: boolean;
  readonly ms: number;
  readonly size: number;
  /** From the news that it was started. */
  readonly runMs: number | undefined;
}

/** How one gateway chooses. It sees its own jobs, and of providers what they say. */
export interface Policy {
  choose(at: number): number;
  onAnswer(provider: number, answer: Answer, at: number): void;
  /** A job left the provider's queue; it says how many are queued and running. */
  onStarted?(provider: number, inFlight: number, at: number): void;
  /** Once a second. */
  onHeartbeat?(providers: readonly SimProvider[], at: number): void;
}

export interface PolicyFacts {
  readonly providers: readonly SimProvider[];
  readonly random: () => number;
  readonly gateways: number;
}

export type CreatePolicy = (facts: PolicyFacts) => Policy;
