import { createDeadlineQueue, type DeadlineQueue } from './deadline-queue.ts';
import type { ServingChild } from './serving-child.ts';
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

export function idleChild(model: ServedModel): ServingChild | undefined {
  for (const serving of model.children) if (serving.jobs.size === 0) return serving;
  return undefined;
}

export function expectedMs(model: ServedModel, units: number): number {
  const { profile, slowdown } = model;
  return profile ? (profile.msPerRun + profile.msPerUnit * units) * slowdown : 0;
}
