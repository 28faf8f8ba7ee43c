import {
  connectionOf,
  type LiveDirectory,
  listScope,
  type Page,
  paginateSorted,
  parsePage,
} from '@assay/kit';
import { type Address, AssayError, type Hex, type ProviderLive } from '@assay/wire';
import DataLoader from 'dataloader';
import {
  DIRECTIONS,
  orderKey,
  type ProviderOrder,
  type Standing,
} from '../domain/order-providers.ts';
import type { Offer, Provider } from '../domain/provider.ts';
import type { PageQuery, ProviderQuery, Providers } from '../domain/providers.ts';
import type { PageRange, ProviderIndex } from './index-providers.ts';
import type { ScoreReader } from './score-reader.ts';

export interface ProviderSources {
  readonly index: ProviderIndex;
  readonly live: LiveDirectory;
  readonly scores: ScoreReader;
}

/** Graph-node answers at most this many rows. */
const AT_ONCE = { maxBatchSize: 1_000 };

/** Providers for one operation: every level of a query is one index request and one Redis round trip. */
export function loadProviders({ index, live, scores }: ProviderSources): Providers {
  const byId = new DataLoader<Address, Provider | undefined>(async (ids) => {
    const found = new Map((await index.byIds(ids)).map((provider) => [provider.id, provider]));
    return ids.map((id) => found.get(id));
  }, AT_ONCE);
  const lives = new DataLoader<Address, ProviderLive | undefined>((ids) => live.read(ids));
  const offersOf = offerLoader(index.offersOf);
  const offersFor = offerLoader(index.offersFor);

  const standings = async (query: ProviderQuery) => {
    const [{ providers, freshness }, connected, scoreOf] = await Promise.all([
      index.list(conditionsOf(query)),
      live.all(),
      scores.scoreOf(),
    ]);
    const all = providers.map((summary): Standing => {
      return { summary, live: connected.get(summary.id), score: scoreOf(summary.id) };
    });
    return { standings: all.filter((standing) => fits(query, standing)), freshness };
  };

  return {
    async list(query, order, arguments_) {
      const scope = listScope('providers', query, order);
      const page = parsePage(scope, arguments_);
      const { standings: all, freshness } = await standings(query);
      const connection = paginateSorted(all, page, sorting(scope, order));
      const nodes = await byId.loadMany(connection.edges.map(({ node }) => node.summary.id));
      const edges = connection.edges.flatMap(({ cursor }, place) => {
        const node = nodes[place];
        if (node instanceof Error) throw node;
        return node === undefined ? [] : [{ cursor, node }];
      });
      return { ...connection, edges, totalCount: all.length, freshness };
    },
    find: (id) => byId.load(id),
    live: (id) => lives.load(id),
    offersOf: (provider, arguments_) =>
      offersOf(provider, listScope('offers-of', provider), arguments_, ({ id }) => ({
        key: '',
        id,
      })),
    offersFor: (modelId, arguments_) =>
      offersFor(modelId, listScope('offers-for', modelId), arguments_, ({ priceCeiling, id }) => ({
        key: priceCeiling.toString(),
        id,
      })),
  };
}

function sorting(scope: string, order: ProviderOrder) {
  return {
    scope,
    direction: DIRECTIONS[order],
    positionOf: (standing: Standing) => ({
      key: orderKey(order, standing),
      id: standing.summary.id,
    }),
  };
}

function conditionsOf({ region, modelId, maxPrice, execClass }: ProviderQuery) {
  if (modelId != null && !/^0x[0-9a-fA-F]{64}$/.test(modelId)) {
    throw new AssayError('I100', {
      details: { argument: 'filter.modelId' },
      hint: 'Send a model id: 0x and 64 hex digits.',
    });
  }
  return {
    region: region ?? undefined,
    modelId: (modelId?.toLowerCase() as Hex | undefined) ?? undefined,
    maxPrice: maxPrice ?? undefined,
    execClass: execClass ?? undefined,
  };
}

/** What only the marketplace knows: liveness, score, hardware, energy. */
function fits(query: ProviderQuery, { live, score, summary }: Standing): boolean {
  const { liveOnly, minScore, hardware, measuredEnergy } = query;
  if (liveOnly === true && !servesOne(live, summary)) return false;
  if (minScore != null && score < minScore) return false;
  if (hardware != null && !live?.hardware?.toLowerCase().includes(hardware.toLowerCase()))
    return false;
  return measuredEnergy !== true || isMeasured(live);
}

function servesOne(live: ProviderLive | undefined, { offers }: Standing['summary']): boolean {
  const ids = new Set(offers.map(({ id }) => id));
  return live?.offers.some(({ offerId }) => ids.has(offerId)) ?? false;
}

function isMeasured(live: ProviderLive | undefined): boolean {
  return live !== undefined && !['modelled', 'unavailable'].includes(live.energy.method);
}

type ReadOffers = (
  ids: readonly Hex[],
  page: PageRange,
) => Promise<ReadonlyMap<Hex, readonly Offer[]>>;

/** Pages of offers of many parents: those asked with the same arguments are read together. */
function offerLoader(read: ReadOffers) {
  const loaders = new Map<string, DataLoader<Hex, readonly Offer[]>>();
  const loaderOf = ({ first, after }: Page) => {
    const key = JSON.stringify([first, after]);
    const known = loaders.get(key);
    if (known !== undefined) return known;
    const loader = new DataLoader<Hex, readonly Offer[]>(async (ids) => {
      const pages = await read(ids, { first: first + 1, after });
      return ids.map((id) => pages.get(id) ?? []);
    }, AT_ONCE);
    loaders.set(key, loader);
    return loader;
  };
  return async (
    parent: Hex,
    scope: string,
    arguments_: PageQuery,
    positionOf: (offer: Offer) => { key: string; id: string },
  ) => {
    const page = parsePage(scope, arguments_);
    const offers = await loaderOf(page).load(parent);
    return connectionOf(scope, page, offers, positionOf);
  };
}
