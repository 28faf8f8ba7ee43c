import { type Intent, OPTIMISE } from '@assay/wire';
import { z } from 'zod';
import type { ModelFacts } from './model-catalogue.ts';

/** What an edge's request may say about price and speed; the same words at every edge. */
export const jobWishesSchema = z.object({
  /** Payment units for the whole job. */
  max_price: z
    .union([z.string().regex(/^[0-9]{1,39}$/), z.number().int().nonnegative()])
    .optional(),
  max_latency_ms: z.number().int().positive().optional(),
  max_ttft_ms: z.number().int().positive().optional(),
  optimise: z.enum(['cheap', 'balanced', 'fast', 'green']).optional(),
});
export type JobWishes = z.infer<typeof jobWishesSchema>;

export function intentOf(model: ModelFacts, wishes: JobWishes): Intent {
  const { max_price, max_latency_ms, max_ttft_ms, optimise = 'balanced' } = wishes;
  const word = optimise.toUpperCase() as keyof typeof OPTIMISE;
  return {
    target: { modelId: model.id },
    must: {
      ...(max_price === undefined ? {} : { maxPrice: BigInt(max_price) }),
      ...(max_latency_ms === undefined ? {} : { maxLatencyMs: max_latency_ms }),
      ...(max_ttft_ms === undefined ? {} : { maxTtftMs: max_ttft_ms }),
    },
    prefer: OPTIMISE[word],
    retries: 1,
  };
}
