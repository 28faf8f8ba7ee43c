import { type LiveDirectory, listScope, paginateSorted, parsePage } from '@assay/kit';
import type { Hex } from '@assay/wire';
import DataLoader from 'dataloader';
import { matchesText } from '../domain/matches-text.ts';
import type { Model, ModelSummary } from '../domain/model.ts';
import type { ModelQuery, Models } from '../domain/models.ts';
import type { ModelIndex } from './index-models.ts';

/** Graph-node answers at most this many rows. */
const AT_ONCE = { maxBatchSize: 1_000 };

/** Models for one operation: every level of a query is one index request, whatever its width. */
export function loadModels(index: ModelIndex, live: LiveDirectory): Models {
  const byId = new DataLoader<Hex, Model | undefined>(async (ids) => {
    const found = new Map((await index.byIds(ids)).map((model) => [model.id, model]));
    return ids.map((id) => found.get(id));
  }, AT_ONCE);
  const byLineage = grouped(index.byLineages, (model) => model.lineageId);
  const byWeights = grouped(index.byWeights, (model) => model.weights);

  const liveModels = async (): Promise<ReadonlySet<Hex>> => {
    const providers = [...(await live.all()).values()];
    return new Set(providers.flatMap(({ offers }) => offers.map(({ modelId }) => modelId)));
  };

  const candidates = async (query: ModelQuery) => {
    const { task, publisher, maxPrice, liveOnly, text } = query;
    const conditions = {
      task: task ?? undefined,
      publisher: publisher ?? undefined,
      maxPrice: maxPrice ?? undefined,
    };
    const [{ models, freshness }, serving] = await Promise.all([
      index.list(conditions),
      liveOnly === true ? liveModels() : undefined,
    ]);
    const fits = (model: ModelSummary) =>
      matchesText(model, text ?? '') && (serving?.has(model.id) ?? true);
    return { models: models.filter(fits), freshness };
  };

  return {
    async search(query, arguments_) {
      const scope = listScope('models', query);
      const page = parsePage(scope, arguments_);
      const { models, freshness } = await candidates(query);
      const positionOf = ({ registeredAt, id }: ModelSummary) => ({ key: registeredAt, id });
      const connection = paginateSorted(models, page, {
        scope,
        direction: 'descending',
        positionOf,
      });
      const nodes = await byId.loadMany(connection.edges.map(({ node }) => node.id));
      const edges = connection.edges.flatMap(({ cursor }, place) => {
        const node = nodes[place];
        if (node instanceof Error) throw node;
        return node === undefined ? [] : [{ cursor, node }];
      });
      return { ...connection, edges, totalCount: models.length, freshness };
    },
    find: (id) => (/^0x[0-9a-f]{64}$/.test(id) ? byId.load(id) : Promise.resolve(undefined)),
    lineage: (lineageId) => byLineage.load(lineageId),
    async duplicates({ id, weights }) {
      const same = weights === undefined ? [] : await byWeights.load(weights);
      return same.filter((model) => model.id !== id);
    },
  };
}

/** Loads the models that share something, for all who ask at once. */
function grouped(
  read: (keys: readonly Hex[]) => Promise<Model[]>,
  keyOf: (model: Model) => Hex | undefined,
): DataLoader<Hex, readonly Model[]> {
  return new DataLoader(async (keys) => {
    const groups = Map.groupBy(await read(keys), keyOf);
    return keys.map((key) => groups.get(key) ?? []);
  }, AT_ONCE);
}
