import { AssayError } from '@assay/wire';
import { checkInput } from './check-input.ts';
import { checkParams } from './check-params.ts';
import { checkWords } from './check-words.ts';
import { createNursery } from './child-nursery.ts';
import { createSlotJob } from './create-slot-job.ts';
import { DEFAULT_MAX_MEMORY_BYTES } from './default-memory.ts';
import { DEFAULT_RUNTIME } from './default-runtime.ts';
import { BATCH_MATE, createModelChildren } from './model-children.ts';
import {
  busyChildren,
  childOf,
  childWithRoom,
  committedMs,
  createServedModel,
  expectedMs,
  firstBatch,
  idleChild,
  isAvailable,
  type ServedModel,
} from './served-model.ts';
import type { SlotJob } from './slot-job.ts';
import type {
  LoadedBundle,
  ModelProfile,
  SlotPool,
  SlotPoolOptions,
  SlotStats,
} from './slot-types.ts';

const LOAD_TIMEOUT_MS = 60_000;

/**
 * Runs jobs in killable child processes, `slots` at a time, one model per child. Batching has a window of 0: what
 * queued while a child was busy shares its next run, up to the batch the model's profile found worthwhile.
 */
export function createSlotPool(options: SlotPoolOptions): SlotPool {
  const {
    slots,
    log,
    runtime = DEFAULT_RUNTIME,
    loadTimeoutMs = LOAD_TIMEOUT_MS,
    maxMemoryBytes = DEFAULT_MAX_MEMORY_BYTES,
  } = options;
  const models = new Map<string, ServedModel>();
  const underWay = new Map<string, Promise<ModelProfile>>();
  const nursery = createNursery({ ...options, maxMemoryBytes });
  const isWanted = (model: ServedModel): boolean =>
    !closing && models.get(model.bundle.modelId) === model;
  const children = createModelChildren({
    nursery,
    runtime,
    loadTimeoutMs,
    log,
    isWanted,
    onChange: pump,
  });
  let closing = false;
  let pumping = false;
  let drained = (): void => {};
  let lastJob = 0;
  let kills = 0;
  nursery.refill();

  function busy(): number {
    let count = 0;
    for (const model of models.values()) count += busyChildren(model);
    return count;
  }

  function pump(): void {
    options.onBusy?.(busy());
    const waiting = [...models.values()].filter((model) => model.queue.length > 0);
    for (const model of waiting.sort((a, b) => a.queue.nextDeadline() - b.queue.nextDeadline()))
      feed(model);
    options.onBusy?.(busy());
    if (closing && busy() === 0 && waiting.length === 0) drained();
  }

  /** After this turn of the event loop: jobs that arrive together share a run instead of the first going alone. */
  function pumpSoon(): void {
    if (pumping) return;
    pumping = true;
    setImmediate(() => {
      pumping = false;
      pump();
    });
  }

  function feed(model: ServedModel): void {
    while (model.queue.length > 0) {
      const free = busy() < slots;
      const idle = free ? idleChild(model) : undefined;
      const serving = idle ?? childWithRoom(model);
      if (free && !idle && model.children.size < slots) children.grow(model);
      if (!serving) return;
      const rows = idle ? firstBatch(model) : (model.profile?.maxBatch ?? 1);
      serving.start(model.queue.takeBatch(rows));
    }
  }

  function expire(model: ServedModel, job: SlotJob): void {
    const stage = model.queue.remove(job) ? 'queued' : 'running';
    job.reject(new AssayError('P304', { details: { stage, deadline: job.options.deadline } }));
    const serving = childOf(model, job);
    const [running] = serving?.batches ?? [];
    if (serving && running?.jobs.includes(job)) {
      kills += 1;
      children.retire(model, serving, running.left > 1 ? BATCH_MATE : 'deadline');
    } else serving?.cancel(job);
  }

  function withdraw(model: ServedModel, job: SlotJob, reason: unknown): void {
    if (!model.queue.remove(job)) childOf(model, job)?.cancel(job);
    job.reject(reason ?? new AssayError('P300', { details: { reason: 'cancelled' } }));
  }

  /** A text under way answers with what it has by then; its deadline still holds a child that does not. */
  function curtail(model: ServedModel, job: SlotJob): void {
    const serving = childOf(model, job);
    const canStop = model.bundle.manifest.task === 'text-generation';
    if (canStop && serving?.batches[0]?.jobs.includes(job)) serving.cancel(job);
    else withdraw(model, job, job.options.curtail?.reason);
  }

  function served(modelId: string): ServedModel & { readonly profile: ModelProfile } {
    const model = models.get(modelId);
    if (hasProfile(model) && isAvailable(model)) return model;
    throw new AssayError('P302', { details: { modelId } });
  }

  /** Loading a model twice at once is loading it once. */
  async function load(bundle: LoadedBundle): Promise<ModelProfile> {
    if (closing) throw new AssayError('P305');
    const known = models.get(bundle.modelId);
    if (hasProfile(known)) return known.profile;
    const loading =
      underWay.get(bundle.modelId) ??
      loadFirst(bundle).finally(() => underWay.delete(bundle.modelId));
    underWay.set(bundle.modelId, loading);
    return loading;
  }

  async function loadFirst(bundle: LoadedBundle): Promise<ModelProfile> {
    checkMemory(bundle, maxMemoryBytes);
    const model = createServedModel(bundle);
    models.set(bundle.modelId, model);
    try {
      await children.bringUp(model);
    } catch (error) {
      models.delete(bundle.modelId);
      throw error;
    }
    const { profile } = served(bundle.modelId);
    log.info(profile, 'model loaded');
    return profile;
  }

  function drainWithin(graceMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, graceMs);
      drained = () => {
        clearTimeout(timer);
        resolve();
      };
      pump();
    });
  }

  return {
    load,
    async run(request, runOptions) {
      if (closing) throw new AssayError('P305');
      const model = served(request.modelId);
      checkInput(model.bundle.manifest, request);
      checkParams(request.params);
      checkWords(request);
      runOptions.signal?.throwIfAborted();
      runOptions.curtail?.throwIfAborted();
      lastJob += 1;
      const { job, result } = createSlotJob(
        lastJob,
        { model, request, options: runOptions },
        {
          onDeadline: (late) => expire(model, late),
          onAbort: (gone) => withdraw(model, gone, gone.options.signal?.reason),
          onCurtail: (enough) => curtail(model, enough),
        },
      );
      model.queue.add(job);
      if (model.profile.maxBatch > 1) pumpSoon();
      else pump();
      return result;
    },
    predictFinish({ modelId, units }) {
      const model = served(modelId);
      const ahead = [...models.values()].reduce((sum, other) => sum + committedMs(other), 0);
      return Date.now() + ahead / slots + expectedMs(model, units);
    },
    stats() {
      const perModel = [...models.values()].filter(hasProfile).map(describeModel);
      const queued = perModel.reduce((sum, model) => sum + model.queued, 0);
      return {
        slots,
        busy: busy(),
        queued,
        spare: nursery.spares,
        kills,
        restarts: children.restarts,
        models: perModel,
      };
    },
    async close({ graceMs = 0 } = {}) {
      closing = true;
      if (graceMs > 0) await drainWithin(graceMs);
      for (const model of models.values())
        for (const job of model.queue.drain()) job.reject(new AssayError('P305'));
      await nursery.close();
    },
  };
}

function hasProfile(
  model: ServedModel | undefined,
): model is ServedModel & { readonly profile: ModelProfile } {
  return model?.profile !== undefined;
}

function describeModel({
  bundle,
  children,
  queue,
  profile,
}: ServedModel & { readonly profile: ModelProfile }): SlotStats['models'][number] {
  const pids = [...children].map(({ child }) => child.pid);
  return { modelId: bundle.modelId, children: children.size, pids, queued: queue.length, profile };
}

function checkMemory({ manifest }: LoadedBundle, limitBytes: number): void {
  if (manifest.peakMemoryBytes <= limitBytes) return;
  throw new AssayError('P309', {
    details: { peakMemoryBytes: manifest.peakMemoryBytes, limitBytes },
    hint: 'Raise slots.maxMemoryBytes, if the machine has that much, or leave this model out.',
  });
}
