import { AssayError, boundUnits, type Manifest, type UnitBound } from '@assay/wire';
import type { RunRequest } from './slot-types.ts';

/**
 * Units a request may cost, before anything is decoded: for admission and for price limits. What the gateway counted,
 * but for an audit's forced tokens, which say themselves how many they are. Throws P303 where it cannot be counted.
 */
export function estimateUnits(
  manifest: Manifest,
  { input, params }: Omit<RunRequest, 'modelId'>,
): UnitBound {
  const forced = params.forcedTokens?.length;
  if (forced !== undefined) return { most: forced, expected: forced };
  try {
    return boundUnits(manifest, { ...input, params });
  } catch (cause) {
    if (!(cause instanceof AssayError)) throw cause;
    // The input is at fault, so no other provider would do better: that is what P303 tells the market.
    throw new AssayError('P303', { cause, details: cause.details, hint: cause.hint });
  }
}
