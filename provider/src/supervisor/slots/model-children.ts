import { AssayError } from '@assay/wire';
import type { Logger } from 'pino';
import type { RuntimeOptions } from '../../inference/messages.ts';
import type { Nursery } from './child-nursery.ts';
import { createDeviceSpread } from './device-spread.ts';
import { isAvailable, observeRun, type ServedModel } from './served-model.ts';
import { exitError, type ServingChild, type ServingEvents, serveModel } from './serving-child.ts';
import type { SlotJob } from './slot-job.ts';
import type { LoadedBundle, ModelProfile } from './slot-types.ts';

const PROFILE_BUDGET_MS = 1_500;
const MAX_FAILURES = 3;
const SUSPENSION_MS = 30_000;

/** Why a child was killed when jobs it shared a run with are innocent. */
export const BATCH_MATE = 'a batch-mate ran past its deadline';

export interface ModelChildrenOptions {
  readonly nursery: Nursery;
  readonly runtime: RuntimeOptions;
  readonly loadTimeoutMs: number;
  readonly log: Logger;
  /** Whether the model is still wanted: neither unloaded nor the pool closing. */
  readonly isWanted: (model: ServedModel) => boolean;
  /** Something changed: a child has come, gone or finished. */
  readonly onChange: () => void;
}

/** Starts, replaces and retires the children of models. */
export interface ModelChildren {
  readonly restarts: number;
  /** A child with the model loaded, profiled if it is the first. Rejects with M603, P300 or P309. */
  bringUp(model: ServedModel): Promise<ServingChild>;
  /** One more child, unless one is on its way. */
  grow(model: ServedModel): void;
  /** The child takes no more jobs; its successor is started before it is gone. */
  retire(model: ServedModel, serving: ServingChild, reason: string): void;
}

export function createModelChildren(options: ModelChildrenOptions): ModelChildren {
  const { nursery, runtime, loadTimeoutMs, log, isWanted, onChange } = options;
  const devices = createDeviceSpread(runtime.deviceIds);
  let restarts = 0;

  function eventsOf(model: ServedModel): ServingEvents {
    return {
      onBatchEnd(serving, { computeMs, jobs, exhausted }) {
        observeRun(model, { computeMs, jobs });
        if (exhausted) retire(model, serving, 'out of memory');
        onChange();
      },
      onExit(serving, exit, { running, waiting }) {
        for (const job of waiting) model.queue.add(job);
        for (const job of running) {
          // Nobody can tell whose row it was: each of them gets one more try, by itself.
          const innocent = running.length > 1 || exit.killedFor === BATCH_MATE;
          if (innocent && !job.alone && isWanted(model)) requeue(model, job);
          else job.reject(exitError(exit.signal, exit.killedFor));
        }
        if (model.children.delete(serving)) void replace(model);
        onChange();
      },
    };
  }

  function requeue(model: ServedModel, job: SlotJob): void {
    job.alone = true;
    model.queue.add(job);
  }

  async function bringUp(model: ServedModel): Promise<ServingChild> {
    model.starting = true;
    try {
      const child = await nursery.take(model.bundle.manifest.peakMemoryBytes);
      nursery.refill();
      const deviceId = devices.take();
      void child.exited.then(() => devices.give(deviceId));
      const timer = setTimeout(() => child.kill('load timeout'), loadTimeoutMs);
      try {
        const serving = await serveModel({
          child,
          bundle: model.bundle,
          runtime: { ...runtime, deviceId },
          events: eventsOf(model),
        });
        model.profile ??= await profileOf(model.bundle, serving);
        model.children.add(serving);
        model.failures = 0;
        return serving;
      } catch (error) {
        child.kill('load failed');
        throw error;
      } finally {
        clearTimeout(timer);
      }
    } finally {
      model.starting = false;
    }
  }

  /** After three failed starts in a row its jobs are refused for a while instead of waiting for ever. */
  async function tryBringUp(model: ServedModel): Promise<void> {
    try {
      await bringUp(model);
    } catch (cause) {
      model.failures += 1;
      log.warn(
        { modelId: model.bundle.modelId, failures: model.failures, cause },
        'inference child not replaced',
      );
      if (model.failures >= MAX_FAILURES) suspend(model);
    }
    onChange();
  }

  function suspend(model: ServedModel): void {
    model.failures = 0;
    model.unavailableUntil = Date.now() + SUSPENSION_MS;
    if (model.children.size > 0) return;
    for (const job of model.queue.drain())
      job.reject(new AssayError('P302', { details: { modelId: model.bundle.modelId } }));
  }

  /** A model keeps at least one child. */
  async function replace(model: ServedModel): Promise<void> {
    if (!isWanted(model)) return;
    restarts += 1;
    while (isWanted(model) && !model.starting && model.children.size === 0 && isAvailable(model))
      await tryBringUp(model);
  }

  function retire(model: ServedModel, serving: ServingChild, reason: string): void {
    model.children.delete(serving);
    serving.child.kill(reason);
    void replace(model);
  }

  return {
    get restarts() {
      return restarts;
    },
    bringUp,
    retire,
    grow(model) {
      if (!model.starting && isWanted(model) && Date.now() >= model.unavailableUntil)
        void tryBringUp(model);
    },
  };
}

async function profileOf({ modelId }: LoadedBundle, serving: ServingChild): Promise<ModelProfile> {
  const { maxBatch, msByBatch, msPerUnit, msPerRun } = await serving.profile(PROFILE_BUDGET_MS);
  const { loadMs, memoryBytes } = serving.loaded;
  return { modelId, maxBatch, msByBatch, msPerUnit, msPerRun, loadMs, memoryBytes };
}
