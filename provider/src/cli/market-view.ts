import { AssayError } from '@assay/wire';
import { z } from 'zod';

const amount = z.union([z.string(), z.number()]).transform((value) => BigInt(value));
const offer = z.object({
  livePrice: amount.nullable(),
  validUntil: z.string().nullable(),
  model: z.object({ id: z.string(), name: z.string() }),
});
const providerSchema = z.object({
  live: z.object({ status: z.string(), heartbeatAgeMs: z.number() }).nullable(),
  offers: z.object({ edges: z.array(z.object({ node: offer })) }),
  reputation: z
    .object({
      score: z.number(),
      trust: z.number(),
      eligible: z.boolean(),
      parts: z.array(
        z.object({
          name: z.string(),
          value: z.number(),
          weight: z.number(),
          explanation: z.string(),
        }),
      ),
      lastChange: z
        .object({ at: z.string(), from: z.number(), to: z.number(), reason: z.string() })
        .nullable(),
    })
    .nullable(),
  staking: z
    .object({ own: amount, delegated: amount, thawing: amount, unmatured: amount })
    .nullable(),
});
const rivalSchema = z.object({
  livePrice: amount.nullable(),
  provider: z.object({
    id: z.string(),
    reputation: z.object({ trust: z.number(), eligible: z.boolean() }).nullable(),
  }),
});
const modelSchema = z.object({
  id: z.string(),
  offers: z.object({ edges: z.array(z.object({ node: rivalSchema })) }),
});

/** What a marketplace shows everybody of a provider. */
export type MarketProvider = z.infer<typeof providerSchema>;
/** One offer of a model the provider serves. */
export type MarketOffer = z.infer<typeof rivalSchema>;

export interface MarketView {
  /** Undefined: the marketplace does not know it. */
  readonly provider: MarketProvider | undefined;
  /** Offers of the models it serves, by model. */
  readonly offers: ReadonlyMap<string, readonly MarketOffer[]>;
}

/** Reads the answers to the two questions of ask-market.ts. Throws P307 where they are none. */
export function parseMarketView(provider: unknown, models: readonly unknown[]): MarketView {
  try {
    return {
      provider:
        z.object({ provider: providerSchema.nullable() }).parse(provider).provider ?? undefined,
      offers: new Map(models.flatMap(offersOf)),
    };
  } catch (cause) {
    throw new AssayError('P307', {
      cause,
      details: { reason: 'the marketplace answers in a form this version does not read' },
    });
  }
}

function offersOf(answer: unknown): [string, MarketOffer[]][] {
  const { model } = z.object({ model: modelSchema.nullable() }).parse(answer);
  return model === null ? [] : [[model.id, model.offers.edges.map(({ node }) => node)]];
}
