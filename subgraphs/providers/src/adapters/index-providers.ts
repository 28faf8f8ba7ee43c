import { createListReader, type Freshness, type IndexClient, type Position } from '@assay/kit';
import type { Address, Hex } from '@assay/wire';
import { z } from 'zod';
import type { MeteringUnit, Offer, Provider, ProviderSummary } from '../domain/provider.ts';

export interface ProviderConditions {
  readonly region?: string | undefined;
  readonly modelId?: Hex | undefined;
  readonly maxPrice?: bigint | undefined;
  readonly execClass?: Hex | undefined;
}

export interface Summaries {
  readonly providers: readonly ProviderSummary[];
  readonly freshness: Freshness;
}

export interface PageRange {
  /** One more than the page shows. */
  readonly first: number;
  readonly after: Position | undefined;
}

/** Registered providers and their open offers, as the chain index knows them. */
export interface ProviderIndex {
  list(conditions: ProviderConditions): Promise<Summaries>;
  byIds(ids: readonly Address[]): Promise<Provider[]>;
  /** Open offers of each provider, by id. */
  offersOf(ids: readonly Address[], page: PageRange): Promise<ReadonlyMap<Hex, readonly Offer[]>>;
  /** Open offers for each model, cheapest ceiling first. */
  offersFor(ids: readonly Hex[], page: PageRange): Promise<ReadonlyMap<Hex, readonly Offer[]>>;
}

const hex = z.string().transform((value) => value as Hex);
const amount = z.string().transform(BigInt);
const UNITS = { request: 'REQUEST', token: 'TOKEN', second: 'SECOND' } as const;

const summarySchema = z.object({
  id: hex,
  slashable: amount,
  offers: z.array(z.object({ id: hex, priceCeiling: amount })),
});

const providerSchema = z
  .object({
    id: hex,
    region: z.string().nullable(),
    offers: z.array(z.object({ execClass: hex })),
  })
  .transform(({ id, region, offers }) => ({
    id,
    region: region ?? undefined,
    execClasses: [...new Set(offers.map(({ execClass }) => execClass))],
  }));
const detailsSchema = z.object({ providers: z.array(providerSchema) });

const offerSchema = z
  .object({
    id: hex,
    provider: z.object({ id: hex }),
    modelId: hex,
    priceCeiling: amount,
    model: z
      .object({ manifestValid: z.boolean(), unit: z.string() })
      .nullable()
      .transform((model) => UNITS[(model?.manifestValid ? model.unit : '') as keyof typeof UNITS]),
    execClass: hex,
    validUntil: z.string().transform(Number),
  })
  .transform(({ provider, model, ...offer }) => ({
    ...offer,
    providerId: provider.id,
    unit: model as MeteringUnit | undefined,
  }));
const offersSchema = z.object({
  parents: z.array(z.object({ id: hex, offers: z.array(offerSchema) })),
});

const LIST = {
  field: 'providers',
  filterType: 'Provider_filter',
  declarations: '$offers: Offer_filter!',
  selection: 'id slashable offers(first: 100, where: $offers) { id priceCeiling }',
  row: summarySchema,
};
const BY_IDS = `query ($ids: [Bytes!]!, $offers: Offer_filter!) {
  providers(first: 1000, where: { id_in: $ids, registered: true }) {
    id region offers(first: 1000, where: $offers) { execClass }
  }
}`;
const offersOfEach = (parents: string, orderBy: string) => `query (
  $ids: [Bytes!]!, $first: Int!, $offers: Offer_filter!
) {
  parents: ${parents}(first: 1000, where: { id_in: $ids }) {
    id
    offers(first: $first, where: $offers, orderBy: ${orderBy}) {
      id provider { id } modelId priceCeiling model { manifestValid unit } execClass validUntil
    }
  }
}`;
const OFFERS_OF = offersOfEach('providers', 'id');
const OFFERS_FOR = offersOfEach('models', 'priceCeiling');

export function createProviderIndex(
  index: IndexClient,
  now: () => number = Date.now,
): ProviderIndex {
  const open = () => openOffers(now());
  const readAll = createListReader(index, LIST);

  const offersOfParents = async (
    text: string,
    ids: readonly Hex[],
    first: number,
    offers: object,
  ): Promise<ReadonlyMap<Hex, readonly Offer[]>> => {
    const { data } = await index.query(text, { ids, first, offers }, offersSchema);
    return new Map(data.parents.map((parent) => [parent.id, parent.offers.flatMap(readable)]));
  };

  return {
    async list(conditions) {
      const offers = { ...open(), ...offerConditions(conditions) };
      const wanted = Object.keys(offerConditions(conditions)).length > 0;
      const where = {
        registered: true,
        ...(conditions.region !== undefined && { region: conditions.region }),
        ...(wanted && { offers_: offers }),
      };
      const { rows, freshness } = await readAll({ where, variables: { offers } });
      return { providers: rows, freshness };
    },
    async byIds(ids) {
      return (await index.query(BY_IDS, { ids, offers: open() }, detailsSchema)).data.providers;
    },
    offersOf(ids, { first, after }) {
      const position = after === undefined ? {} : { id_gt: after.id };
      return offersOfParents(OFFERS_OF, ids, first, { ...open(), ...position });
    },
    offersFor(ids, { first, after }) {
      const offers = after === undefined ? open() : { and: [open(), { or: dearerThan(after) }] };
      return offersOfParents(OFFERS_FOR, ids, first, offers);
    },
  };
}

function dearerThan({ key, id }: Position): object[] {
  return [{ priceCeiling_gt: `${key}` }, { priceCeiling: `${key}`, id_gt: id }];
}

/** An offer for a model that nobody registered, or whose manifest cannot be read, is nobody's to take. */
function readable({ unit, ...offer }: z.output<typeof offerSchema>): Offer[] {
  return unit === undefined ? [] : [{ ...offer, unit }];
}

function offerConditions({ modelId, maxPrice, execClass }: ProviderConditions): object {
  return {
    ...(modelId !== undefined && { modelId }),
    ...(execClass !== undefined && { execClass }),
    ...(maxPrice !== undefined && { priceCeiling_lte: maxPrice.toString() }),
  };
}

/** Neither retired nor run out. Rounded to minutes, so that equal questions stay equal. */
function openOffers(now: number): object {
  const minute = Math.ceil(now / 60_000) * 60;
  return { retired: false, validUntil_gt: minute.toString() };
}
