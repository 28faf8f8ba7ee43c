import { batchMs } from './batch-ms.ts';
import { firstOfTwo, halvesPay } from './batch-size.ts';
import { createDeadlineQueue, type DeadlineQueue } from './deadline-queue.ts';
import { jobsMs } from './jobs-ms.ts';
import type { ServingChild } from './serving-child.ts';
import type { SlotJob } from './slot-job.ts';
import type { LoadedBundle, ModelProfile } from './slot-types.ts';

/** What the pool holds of one model. */
export interface ServedModel {
  readonly bundle: LoadedBundle;
  readonly queue: DeadlineQueue;
  readonly children: Set<ServingChild>;
  profile: ModelProfile | undefined;
  /** Children on their way: at most one at a time per model. */
  starting: boolean;
  /** Failed starts in a row; three make the model unavailable for a while. */
  failures: number;
  unavailableUntil: number;
  /** Real over predicted compute time, smoothed: corrects the profile for a busy machine. */
  slowdown: number;
}

export function createServedModel(bundle: LoadedBundle): ServedModel {
  return {
    bundle,
    queue: createDeadlineQueue(),
    children: new Set(),
    profile: undefined,
    starting: false,
    failures: 0,
    unavailableUntil: 0,
    slowdown: 1,
  };
}

export function isAvailable({ children, unavailableUntil }: ServedModel): boolean {
  return children.size > 0 || Date.now() >= unavailableUntil;
}

export function busyChildren({ children }: ServedModel): number {
  let count = 0;
  for (const serving of children) if (serving.batches.length > 0) count += 1;
  return count;
}

export function idleChild({ children }: ServedModel): ServingChild | undefined {
  for (const serving of children) if (serving.batches.length === 0) return serving;
  return undefined;
}

/** Longer runs gain nothing from a second batch waiting in the child, and jobs waiting there cannot go elsewhere. */
const SHORT_RUN_MS = 50;

/** Whether a second batch may wait in a child while it runs the first. */
function mayWaitInside({ profile, bundle }: ServedModel): boolean {
  const lasting = profile?.msByBatch[profile.maxBatch] ?? Number.POSITIVE_INFINITY;
  return bundle.manifest.unit === 'request' && lasting <= SHORT_RUN_MS;
}

/**
 * A busy child that may take its next batch already: the one under way is full, or what waits is as much as it again and
 * would not gain by growing.
 */
export function childWithRoom(model: ServedModel): ServingChild | undefined {
  const { children, profile, queue } = model;
  if (profile === undefined || !mayWaitInside(model)) return undefined;
  for (const serving of children) {
    const [running, waiting] = serving.batches;
    if (running === undefined || waiting !== undefined) continue;
    const [rows, next] = [running.jobs.length, queue.length];
    if (rows >= profile.maxBatch) return serving;
    if (next >= rows && halvesPay(profile, rows + next)) return serving;
  }
  return undefined;
}

/** How many rows an idle child is given. */
export function firstBatch(model: ServedModel): number {
  const { profile, queue } = model;
  if (profile === undefined) return 1;
  return mayWaitInside(model) ? firstOfTwo(profile, queue.length) : profile.maxBatch;
}

export function childOf({ children }: ServedModel, job: SlotJob): ServingChild | undefined {
  return [...children].find(({ batches }) => batches.some(({ jobs }) => jobs.includes(job)));
}

/** Compute time still to come for what is queued and under way. */
export function committedMs({ children, queue, profile }: ServedModel): number {
  if (profile === undefined) return 0;
  const comingUp = children.size === 0 ? profile.loadMs : 0;
  let total = jobsMs(profile, queue.jobs) + comingUp;
  for (const { batches } of children) {
    for (const [index, { jobs }] of batches.entries()) {
      const elapsed = index === 0 ? Date.now() - (jobs[0]?.startedAt ?? 0) : 0;
      total += Math.max(0, jobsMs(profile, jobs) - elapsed);
    }
  }
  return total;
}

export function expectedMs({ profile, slowdown }: ServedModel, units: number): number {
  return profile ? (profile.msPerRun + profile.msPerUnit * units) * slowdown : 0;
}

/** Learns how much slower than its profile the machine is now, from runs of a known size. */
export function observeRun(
  model: ServedModel,
  { computeMs, jobs }: { readonly computeMs: number; readonly jobs: readonly SlotJob[] },
): void {
  const { profile, bundle } = model;
  if (!profile || bundle.manifest.unit !== 'request' || computeMs <= 0) return;
  const rows = jobs.reduce((sum, { shape }) => sum + (shape?.rows ?? 1), 0);
  const expected = batchMs(profile, rows);
  if (expected > 0)
    model.slowdown = Math.max(
      0.5,
      Math.min(8, 0.9 * model.slowdown + 0.1 * (computeMs / expected)),
    );
}
