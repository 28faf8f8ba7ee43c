import { boundUnits, type Manifest, type UnitBound } from '@assay/wire';
import type { RunRequest } from './slot-types.ts';

/**
 * Units a request may cost, before anything is decoded: for admission and for price limits. What the gateway counted,
 * but for an audit's forced tokens, which say themselves how many they are. Throws I102 or I103.
 */
export function estimateUnits(
  manifest: Manifest,
  { input, params }: Omit<RunRequest, 'modelId'>,
): UnitBound {
  const forced = params.forcedTokens?.length;
  if (forced !== undefined) return { most: forced, expected: forced };
  return boundUnits(manifest, { ...input, params });
}
