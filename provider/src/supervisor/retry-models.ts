import { setTimeout as pause } from 'node:timers/promises';
import type { Hex } from '@assay/wire';
import type { Logger } from 'pino';
import type { ModelConfig } from '../config.ts';
import { faultOf, type LeftOut, type ModelFault } from './load-models.ts';
import type { ServedOffer } from './serve/served-offer.ts';

const FIRST_MS = 30_000;
const LONGEST_MS = 10 * 60_000;
/** A try that took long is rested from so many times as long, for a day at most: tries take a tenth of the time. */
const REST = 9;
const LONGEST_REST_MS = 24 * 3_600_000;

/** What `status` shows of a model that is left out. */
export interface ModelRetry extends ModelFault {
  /** Tries so far, the one at the start among them. */
  readonly tries: number;
  /** Epoch ms of the next try; undefined while it is tried. */
  readonly nextTryAt: number | undefined;
}

/** Tries the models that were left out again, one at a time, and offers those that load by then. */
export interface ModelRetries {
  leftOut(): readonly ModelRetry[];
  start(): void;
  /** Tries no more; what is under way is not offered. */
  stop(): void;
}

export interface RetryModelsOptions {
  readonly leftOut: readonly LeftOut[];
  /** Where a model that loads is offered from then on. */
  readonly offers: Map<Hex, ServedOffer>;
  readonly load: (model: ModelConfig, signal: AbortSignal) => Promise<ServedOffer>;
  /** Nothing is loaded any more. */
  readonly draining: () => boolean;
  readonly log: Logger;
  /** Wait after so many tries in a row, the last of which took `tookMs`. */
  readonly waitMs?: ((tries: number, tookMs: number) => number) | undefined;
}

interface Pending {
  readonly model: ModelConfig;
  fault: ModelFault;
  tries: number;
  nextTryAt: number | undefined;
}

export function retryModels(options: RetryModelsOptions): ModelRetries {
  const { offers, log, waitMs = modelWaitMs } = options;
  const pending = new Set<Pending>();
  for (const { model, fault } of options.leftOut)
    pending.add({ model, fault, tries: 1, nextTryAt: Date.now() + waitMs(1, 0) });
  const abort = new AbortController();

  async function tryAgain(one: Pending): Promise<void> {
    const since = Date.now();
    one.nextTryAt = undefined;
    try {
      const offer = await options.load(one.model, abort.signal);
      abort.signal.throwIfAborted();
      offers.set(offer.modelId, offer);
      pending.delete(one);
      log.info(
        { bundle: one.model.bundle, modelId: offer.modelId, tries: one.tries },
        'a model that was left out is served',
      );
    } catch (error) {
      if (abort.signal.aborted) return;
      one.tries += 1;
      one.fault = faultOf(one.model, error);
      const wait = waitMs(one.tries, Date.now() - since);
      one.nextTryAt = Date.now() + wait;
      log.warn(
        { ...one.fault, tries: one.tries, retryMs: wait, cause: error },
        'a model is still left out',
      );
    }
  }

  async function run(): Promise<void> {
    for (let next = soonest(pending); next; next = soonest(pending)) {
      const wait = Math.max(0, (next.nextTryAt ?? 0) - Date.now());
      await pause(wait, undefined, { signal: abort.signal, ref: false }).catch(() => undefined);
      if (abort.signal.aborted || options.draining()) return;
      await tryAgain(next);
    }
  }

  return {
    leftOut: () =>
      [...pending].map(({ fault, tries, nextTryAt }) => ({ ...fault, tries, nextTryAt })),
    start: () => void run(),
    stop: () => abort.abort(),
  };
}

const soonest = (pending: ReadonlySet<Pending>): Pending | undefined =>
  [...pending].toSorted((a, b) => (a.nextTryAt ?? 0) - (b.nextTryAt ?? 0))[0];

/** 30 s after the first try, doubling to 10 minutes; longer where the try itself took long. */
export function modelWaitMs(tries: number, tookMs: number): number {
  const backOff = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(tries - 1, 20));
  return Math.max(backOff, Math.min(LONGEST_REST_MS, REST * tookMs));
}
