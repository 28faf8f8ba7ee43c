import type { ModelProfile } from './slot-types.ts';

/** How long one run of so many rows takes by the profile: measured, between two measurements, or in proportion beyond them. */
export function batchMs({ msByBatch }: Pick<ModelProfile, 'msByBatch'>, rows: number): number {
  const sizes = Object.keys(msByBatch).map(Number);
  const below = Math.max(...sizes.filter((size) => size <= rows));
  const above = Math.min(...sizes.filter((size) => size >= rows));
  const [from = 0, to] = [msByBatch[below], msByBatch[above]];
  if (to === undefined) return (from * rows) / below;
  return above === below ? to : from + ((to - from) * (rows - below)) / (above - below);
}
