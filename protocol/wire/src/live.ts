import { z } from 'zod';
import type { Address, Hex } from './units.ts';

const hex32 = z
  .string()
  .regex(/^0x[0-9a-f]{64}$/)
  .transform((value) => value as Hex);
const address = z
  .string()
  .regex(/^0x[0-9a-f]{40}$/)
  .transform((value) => value as Address);
/** Decimal text of an amount; JSON has no bigint. */
export const amountText = z.string().regex(/^[0-9]{1,39}$/);

/** A model a connected provider serves now: its price per unit (payment units) and its measured speed. */
export const liveOfferSchema = z.object({
  offerId: hex32,
  modelId: hex32,
  execClass: hex32,
  /** Payment units for one metering unit; never above the offer's ceiling on chain. */
  livePrice: amountText,
  /** The provider's own figure; never trusted alone. */
  msPerUnit: z.number().nonnegative().optional(),
});
export type LiveOffer = z.infer<typeof liveOfferSchema>;

export const providerEnergySchema = z.object({
  method: z.enum(['nvml', 'rapl', 'nvidia-smi', 'modelled', 'unavailable']),
  joulesPerUnit: z.number().nonnegative().optional(),
  gramsCO2PerUnit: z.number().nonnegative().optional(),
  /** What the joules are worth, for people; and how the grams of a kWh are known: a yearly mean, the provider's word, or asked now. */
  confidence: z.string().max(200).optional(),
  gridMethod: z.enum(['table', 'stated', 'live']).optional(),
  gridConfidence: z.string().max(200).optional(),
});

/** What jobs knows of a connected provider, published for the providers subgraph. */
export const providerLiveSchema = z.object({
  provider: address,
  status: z.enum(['ready', 'draining']),
  inFlight: z.number().int().nonnegative(),
  capacity: z.number().int().positive(),
  /** Epoch ms of the last heartbeat, by the gateway's clock. */
  heartbeatAt: z.number(),
  region: z.string().max(64).optional(),
  hardware: z.string().max(200).optional(),
  energy: providerEnergySchema,
  offers: z.array(liveOfferSchema).max(1000),
});
export type ProviderLive = z.infer<typeof providerLiveSchema>;

export const OUTCOME_KINDS = [
  'completed',
  'failed',
  'timeout',
  'lost',
  'refused',
  'invalid',
  'audit-match',
  'audit-mismatch',
  'rating',
] as const;
export type OutcomeKind = (typeof OUTCOME_KINDS)[number];

/** What the gateway itself observed of one attempt (or audit, or rating). Refusals (load shed) are not failures. */
export const outcomeSchema = z.object({
  jobId: hex32,
  attempt: z.number().int(),
  providerId: address,
  modelId: hex32,
  payer: address,
  kind: z.enum(OUTCOME_KINDS),
  /** Epoch ms. */
  at: z.number(),
  latencyMs: z.number().nonnegative(),
  ttftMs: z.number().nonnegative().optional(),
  units: amountText,
  price: amountText,
  /** Protocol fee that the price will burn when claimed: what makes an outcome costly to fake. */
  protocolFee: amountText,
  /** How many providers the router could choose from; 1 where the payer named it. Absent: not known. */
  choices: z.number().int().min(1).optional(),
  /** 1-5 for kind `rating`. */
  rating: z.number().int().min(1).max(5).optional(),
});
export type Outcome = z.infer<typeof outcomeSchema>;

/** What the router may know of a provider's standing. Amounts in base units. */
export const providerScoreSchema = z.object({
  /** 0 … 1, what clients see. */
  score: z.number().min(0).max(1),
  /** Lower confidence bound on gateway-observed, fee-paying outcomes. */
  trust: z.number().min(0).max(1),
  jobs: z.number().nonnegative(),
  slashable: amountText,
  unmatured: amountText,
  /** False: routed to no more (slashed out, no stake, banned by audit). */
  eligible: z.boolean(),
  reason: z.string().max(200),
});
export type ProviderScore = z.infer<typeof providerScoreSchema>;

/** One snapshot a second, replaced whole, so a reader never sees half of it. */
export const scoreSnapshotSchema = z.object({
  version: z.number().int().nonnegative(),
  at: z.number(),
  indexedBlock: z.number().int().nonnegative(),
  /** True: the index could not be read or lags; chain facts are the last good ones. */
  stale: z.boolean(),
  providers: z.record(z.string(), providerScoreSchema),
});
export type ScoreSnapshot = z.infer<typeof scoreSnapshotSchema>;
