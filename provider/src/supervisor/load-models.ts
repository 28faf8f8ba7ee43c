import { type Address, AssayError, type Hex } from '@assay/wire';
import type { Logger } from 'pino';
import { reasonOf } from '../chain/chain.ts';
import type { ModelConfig } from '../config.ts';
import { loadOffer, type ModelContext, resolveModel } from './load-offers.ts';
import { retryChain } from './retry-chain.ts';
import type { ServedOffer } from './serve/served-offer.ts';
import type { SlotPool } from './slots/slot-types.ts';

/** A model of the config that could not be loaded, and why. */
export interface ModelFault {
  readonly bundle: string;
  readonly modelId: Hex | undefined;
  readonly code: string;
  readonly reason: string;
  readonly fix: string;
}

export interface LoadContext extends ModelContext {
  readonly pool: SlotPool;
  readonly provider: Address;
  readonly log: Logger;
}

/** A model of the config that is not served. */
export interface LeftOut {
  readonly model: ModelConfig;
  readonly fault: ModelFault;
}

export interface LoadedModels {
  readonly offers: Map<Hex, ServedOffer>;
  readonly leftOut: readonly LeftOut[];
}

/** Loads every model that can be; one with a fault keeps none of the others back. Throws where none is left to serve. */
export async function loadModels(
  models: readonly ModelConfig[],
  context: LoadContext,
): Promise<LoadedModels> {
  const offers = new Map<Hex, ServedOffer>();
  const leftOut: LeftOut[] = [];
  const errors: unknown[] = [];
  for (const [index, model] of models.entries()) {
    context.log.info(
      { bundle: model.bundle, number: index + 1, of: models.length },
      'loading model',
    );
    try {
      const offer = await loadModel(model, context);
      offers.set(offer.modelId, offer);
    } catch (error) {
      context.signal?.throwIfAborted();
      if (isForAll(error)) throw error;
      const fault = faultOf(model, error);
      leftOut.push({ model, fault });
      errors.push(error);
      context.log.error({ ...fault, cause: error }, 'a model is left out');
    }
  }
  if (offers.size === 0) throw nothingToServe(leftOut, errors);
  return { offers, leftOut };
}

/** Loads one model; waits for a chain that cannot be reached. Throws what is wrong with it. */
export function loadModel(model: ModelConfig, context: LoadContext): Promise<ServedOffer> {
  const load = async () => loadOffer(await resolveModel(model, context), context);
  return retryChain(load, context);
}

/** The config's own fault, not one model's. */
const isForAll = (error: unknown): boolean =>
  error instanceof AssayError && error.code === 'P320' && error.details.field === 'chain.rpcUrls';

export function faultOf({ bundle, modelId }: ModelConfig, error: unknown): ModelFault {
  const known = error instanceof AssayError ? error : undefined;
  return {
    bundle,
    modelId,
    code: known?.code ?? 'P300',
    reason: known
      ? [known.message, known.details.reason].filter(Boolean).join(' ')
      : reasonOf(error),
    fix: known?.hint ?? 'See the log.',
  };
}

function nothingToServe(leftOut: readonly LeftOut[], [first, ...others]: unknown[]): unknown {
  if (others.length === 0) return first;
  return new AssayError('P302', {
    cause: first,
    details: Object.fromEntries(
      leftOut.map(({ fault: { bundle, code, reason } }) => [bundle, `${code} ${reason}`]),
    ),
    hint: 'None of the models can be served: correct what details names, see `assay-provider doctor`.',
  });
}
