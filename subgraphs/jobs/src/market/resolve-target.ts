import { AssayError, type Intent } from '@assay/wire';
import { lesserAmount } from '../domain/lesser-amount.ts';
import type { RegisteredModel } from '../domain/registry-facts.ts';
import type { MarketDeps } from './market-deps.ts';

/**
 * The model an intent means. A task means the model of that task with the cheapest live offer. Throws I104 where there
 * is none, R200 where none is live.
 */
export async function resolveTarget(
  intent: Intent,
  { registry, router }: Pick<MarketDeps, 'registry' | 'router'>,
): Promise<RegisteredModel> {
  const { target } = intent;
  if ('modelId' in target) {
    if (registry.model(target.modelId) === undefined) await registry.refresh();
    const model = registry.model(target.modelId);
    if (model === undefined) throw new AssayError('I104', { details: { modelId: target.modelId } });
    return model;
  }
  const models = registry.modelsOfTask(target.task).filter((model) => !model.deprecated);
  if (models.length === 0) throw new AssayError('I104', { details: { task: target.task } });
  const live = models
    .map((model) => ({ model, price: lowestPrice(model, router) }))
    .filter((entry) => entry.price !== undefined)
    .toSorted((a, b) => ((a.price ?? 0n) < (b.price ?? 0n) ? -1 : 1));
  const best = live[0]?.model;
  if (best === undefined) throw new AssayError('R200', { details: { task: target.task } });
  return best;
}

function lowestPrice(model: RegisteredModel, router: MarketDeps['router']): bigint | undefined {
  const prices = router.candidates(model.id).map((candidate) => candidate.unitPrice);
  const [first, ...others] = prices;
  return first === undefined ? undefined : lesserAmount(first, ...others);
}
