import { AssayError } from '@assay/wire';
import { batchShape } from './batch-key.ts';
import { checkInput } from './check-input.ts';
import { createNursery } from './child-nursery.ts';
import { estimateUnits } from './estimate-units.ts';
import { createServedModel, expectedMs, idleChild, type ServedModel } from './served-model.ts';
import { exitError, type ServingChild, type ServingEvents, serveModel } from './serving-child.ts';
import type { SlotJob } from './slot-job.ts';
import type {
  LoadedBundle,
  ModelProfile,
  RunOptions,
  RunRequest,
  RunResult,
  SlotPool,
  SlotPoolOptions,
} from './slot-types.ts';

const DEFAULT_RUNTIME = {
  executionProvider: 'cpu',
  optimisation: 'all',
  threads: 1,
  tf32: false,
} as const;
const PROFILE_BUDGET_MS = 1_500;
const LOAD_TIMEOUT_MS = 60_000;
const MAX_FAILURES = 3;
const SUSPENSION_MS = 30_000;
const LONGEST_TIMER = 2 ** 31 - 1;

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
    maxMemoryBytes = 4 * 1024 ** 3,
  } = options;
  const nursery = createNursery({ ...options, maxMemoryBytes });
  const models = new Map<string, ServedModel>();
  const counters = { kills: 0, restarts: 0, lastJob: 0 };
  let closing = false;
  let drained = (): void => {};
  nursery.refill();

  function eventsOf(model: ServedModel): ServingEvents {
    return {
      onIdle(serving, { computeMs, exhausted }) {
        if (computeMs > 0) observe(model, computeMs);
        if (exhausted) retire(model, serving, 'out of memory');
        pump();
      },
      onExit(serving, exit, unfinished) {
        for (const job of unfinished) {
          // Nobody can tell whose row it was: each of them gets one more try, by itself.
          const innocent = unfinished.length > 1 || exit.killedFor === BATCH_MATE;
          if (innocent && !job.alone && !closing) requeue(model, job);
          else job.reject(exitError(exit.signal, exit.killedFor));
        }
        if (model.children.delete(serving)) void replace(model);
        pump();
      },
    };
  }

  /** The child takes no more jobs; its successor is started before it is gone. */
  function retire(model: ServedModel, serving: ServingChild, reason: string): void {
    model.children.delete(serving);
    serving.child.kill(reason);
    void replace(model);
  }

  function observe(model: ServedModel, computeMs: number): void {
    const expected =
      model.profile?.msPerRun === undefined ? 0 : expectedMs(model, 1) / model.slowdown;
    if (model.bundle.manifest.unit !== 'request' || expected <= 0) return;
    model.slowdown = Math.max(
      0.5,
      Math.min(8, 0.9 * model.slowdown + 0.1 * (computeMs / expected)),
    );
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
      const timer = setTimeout(() => child.kill('load timeout'), loadTimeoutMs);
      try {
        const serving = await serveModel({
          child,
          bundle: model.bundle,
          runtime,
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

  /** A model keeps at least one child. */
  async function replace(model: ServedModel): Promise<void> {
    if (closing || models.get(model.bundle.modelId) !== model) return;
    counters.restarts += 1;
    while (!closing && !model.starting && model.children.size === 0 && isAvailable(model))
      await grow(model);
  }

  /** After three failed starts in a row its jobs are refused for a while instead of waiting for ever. */
  async function grow(model: ServedModel): Promise<void> {
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
    pump();
  }

  function suspend(model: ServedModel): void {
    model.failures = 0;
    model.unavailableUntil = Date.now() + SUSPENSION_MS;
    if (model.children.size > 0) return;
    for (const job of model.queue.drain())
      job.reject(new AssayError('P302', { details: { modelId: model.bundle.modelId } }));
  }

  function isAvailable(model: ServedModel): boolean {
    return model.children.size > 0 || Date.now() >= model.unavailableUntil;
  }

  function busy(): number {
    let count = 0;
    for (const model of models.values())
      for (const serving of model.children) if (serving.jobs.size > 0) count += 1;
    return count;
  }

  function pump(): void {
    const waiting = [...models.values()]
      .filter((model) => model.queue.length > 0)
      .sort((a, b) => a.queue.nextDeadline() - b.queue.nextDeadline());
    for (const model of waiting) feed(model);
    if (closing && busy() === 0 && waiting.length === 0) drained();
  }

  function feed(model: ServedModel): void {
    while (model.queue.length > 0 && busy() < slots) {
      const serving = idleChild(model);
      if (!serving) {
        if (!model.starting && model.children.size < slots && Date.now() >= model.unavailableUntil)
          void grow(model);
        return;
      }
      const batch = model.queue.takeBatch(model.profile?.maxBatch ?? 1);
      const now = Date.now();
      for (const job of batch) {
        job.startedAt = now;
        job.batchSize = batch.length;
        job.options.onStarted?.();
      }
      serving.start(batch);
    }
  }

  function enqueue(
    model: ServedModel,
    request: RunRequest,
    runOptions: RunOptions,
  ): Promise<RunResult> {
    const { promise, resolve, reject } = Promise.withResolvers<RunResult>();
    const units = estimateUnits(model.bundle.manifest, request);
    counters.lastJob += 1;
    const settle =
      <T>(how: (value: T) => void) =>
      (value: T): void => {
        if (job.settled) return;
        job.settled = true;
        clearTimeout(timer);
        runOptions.signal?.removeEventListener('abort', abort);
        how(value);
      };
    const job: SlotJob = {
      id: counters.lastJob,
      request,
      options: runOptions,
      shape: batchShape(model.bundle.manifest, request),
      expectedMs: expectedMs(model, units),
      enqueuedAt: Date.now(),
      alone: false,
      startedAt: 0,
      batchSize: 1,
      settled: false,
      resolve: settle(resolve),
      reject: settle(reject),
    };
    const timer = setTimeout(
      () => expire(model, job),
      Math.min(LONGEST_TIMER, Math.max(0, runOptions.deadline - Date.now())),
    );
    const abort = (): void => withdraw(model, job);
    runOptions.signal?.addEventListener('abort', abort, { once: true });
    model.queue.add(job);
    pump();
    return promise;
  }

  function expire(model: ServedModel, job: SlotJob): void {
    const queued = model.queue.remove(job);
    job.reject(
      new AssayError('P304', {
        details: { stage: queued ? 'queued' : 'running', deadline: job.options.deadline },
      }),
    );
    const serving = [...model.children].find((candidate) => candidate.jobs.has(job.id));
    if (!serving) return;
    counters.kills += 1;
    retire(model, serving, serving.jobs.size > 1 ? BATCH_MATE : 'deadline');
  }

  function withdraw(model: ServedModel, job: SlotJob): void {
    if (!model.queue.remove(job)) {
      for (const serving of model.children) if (serving.jobs.has(job.id)) serving.cancel(job);
    }
    job.reject(
      job.options.signal?.reason ?? new AssayError('P300', { details: { reason: 'cancelled' } }),
    );
  }

  async function profileOf(bundle: LoadedBundle, serving: ServingChild): Promise<ModelProfile> {
    const { maxBatch, msByBatch, msPerUnit, msPerRun } = await serving.profile(PROFILE_BUDGET_MS);
    const { loadMs, memoryBytes } = serving.loaded;
    return {
      modelId: bundle.modelId,
      maxBatch,
      msByBatch,
      msPerUnit,
      msPerRun,
      loadMs,
      memoryBytes,
    };
  }

  function require(modelId: string): ServedModel {
    const model = models.get(modelId);
    if (model?.profile && isAvailable(model)) return model;
    throw new AssayError('P302', { details: { modelId } });
  }

  return {
    async load(bundle) {
      const known = models.get(bundle.modelId);
      if (known?.profile) return known.profile;
      if (bundle.manifest.peakMemoryBytes > maxMemoryBytes) {
        throw new AssayError('P309', {
          details: { peakMemoryBytes: bundle.manifest.peakMemoryBytes, limitBytes: maxMemoryBytes },
          hint: 'Raise the provider’s memory limit per model or leave this model out.',
        });
      }
      const model = createServedModel(bundle);
      models.set(bundle.modelId, model);
      try {
        const { profile } = await bringUp(model).then(() => model);
        if (!profile) throw new AssayError('P302', { details: { modelId: bundle.modelId } });
        log.info(profile, 'model loaded');
        return profile;
      } catch (error) {
        models.delete(bundle.modelId);
        throw error;
      }
    },
    async unload(modelId) {
      const model = models.get(modelId);
      models.delete(modelId);
      for (const job of model?.queue.drain() ?? [])
        job.reject(new AssayError('P302', { details: { modelId } }));
      const children = [...(model?.children ?? [])];
      for (const serving of children) serving.child.kill('unload');
      await Promise.all(children.map((serving) => serving.child.exited));
    },
    async run(request, runOptions) {
      if (closing) throw new AssayError('P305');
      const model = require(request.modelId);
      checkInput(model.bundle.manifest, request);
      runOptions.signal?.throwIfAborted();
      return enqueue(model, request, runOptions);
    },
    predictFinish({ modelId, units }) {
      const model = require(modelId);
      let ahead = 0;
      for (const other of models.values()) {
        ahead += other.queue.totalMs();
        for (const serving of other.children)
          for (const job of serving.jobs.values())
            ahead += Math.max(0, job.startedAt + job.expectedMs - Date.now());
      }
      return Date.now() + ahead / slots + expectedMs(model, units);
    },
    stats() {
      const perModel = [...models.values()].flatMap(({ bundle, children, queue, profile }) =>
        profile
          ? [
              {
                modelId: bundle.modelId,
                children: children.size,
                pids: [...children].map(({ child }) => child.pid),
                queued: queue.length,
                profile,
              },
            ]
          : [],
      );
      const queued = perModel.reduce((sum, model) => sum + model.queued, 0);
      return {
        slots,
        busy: busy(),
        queued,
        spare: nursery.spares,
        kills: counters.kills,
        restarts: counters.restarts,
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
}

const BATCH_MATE = 'a batch-mate ran past its deadline';
