import type { Hex } from '@assay/wire';
import { z } from 'zod';

/** How graph-node answers: bytes as hex, BigInt as decimal text, seconds as decimal text. */
export const hex = z.string().transform((value) => value as Hex);
export const amount = z.string().transform(BigInt);
export const seconds = z.string().transform(Number);
export const optionalSeconds = z
  .string()
  .nullish()
  .transform((value) => (value == null ? undefined : Number(value)));
export const reference = z.object({ id: hex }).transform(({ id }) => id);

export const SLASH = 'id provider { id } own delegated reason evidence at transaction';
export const slashSchema = z
  .object({
    id: hex,
    provider: reference,
    own: amount,
    delegated: amount,
    reason: z.string(),
    evidence: hex,
    at: seconds,
    transaction: hex,
  })
  .transform(({ provider, ...slash }) => ({ ...slash, providerId: provider }));
