import { batchMs } from './batch-ms.ts';
import type { SlotJob } from './slot-job.ts';
import type { ModelProfile } from './slot-types.ts';

/** Compute time of these jobs, together in batches where they may share runs. */
export function jobsMs(
  profile: Pick<ModelProfile, 'msByBatch' | 'maxBatch'>,
  jobs: readonly SlotJob[],
): number {
  const groups = Map.groupBy(jobs, (job) => (job.alone ? job : (job.shape?.key ?? job)));
  return groups.values().reduce((total, group) => total + groupMs(profile, group), 0);
}

/** What the jobs would take one by one, less what sharing saves. */
function groupMs(
  profile: Pick<ModelProfile, 'msByBatch' | 'maxBatch'>,
  group: readonly SlotJob[],
): number {
  const oneByOne = group.reduce((sum, job) => sum + job.expectedMs, 0);
  const single = batchMs(profile, 1);
  if (group.length === 1 || !(single > 0)) return oneByOne;
  const rows = group.reduce((sum, { shape }) => sum + (shape?.rows ?? 1), 0);
  const full = Math.floor(rows / profile.maxBatch);
  const rest = rows % profile.maxBatch;
  const together =
    full * batchMs(profile, profile.maxBatch) + (rest > 0 ? batchMs(profile, rest) : 0);
  return (oneByOne * together) / (rows * single);
}
