import { AssayError, LONGEST_PREFIX } from '@assay/wire';
import { z } from 'zod';
import type { GenerationParams } from './slot-types.ts';

const LARGEST_SEED = 2n ** 64n;

const paramsSchema = z.object({
  maxTokens: z.number().int().min(1).optional(),
  temperature: z.number().min(0).max(100).optional(),
  topK: z.number().int().min(0).optional(),
  topP: z.number().gt(0).max(1).optional(),
  stop: z.array(z.string().max(256)).max(16).optional(),
  seed: z
    .string()
    .refine(
      (text) => /^\d{1,20}$/.test(text) && BigInt(text) < LARGEST_SEED,
      'a decimal seed of 64 bits',
    )
    .optional(),
  deliveredPrefix: z.string().max(LONGEST_PREFIX).optional(),
  forcedTokens: z.array(z.number().int().min(0)).max(100_000).optional(),
});

/** Refuses parameters no sampler can follow, naming the one and its bounds. Throws P303. */
export function checkParams(params: GenerationParams): void {
  const parsed = paramsSchema.safeParse(params);
  if (parsed.success) return;
  const [issue] = parsed.error.issues;
  throw new AssayError('P303', {
    details: { parameter: issue?.path.join('.'), reason: issue?.message },
    hint: 'Correct the parameter named in details.',
  });
}
