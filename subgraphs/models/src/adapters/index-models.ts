import type { Freshness, IndexClient, Indexed } from '@assay/kit';
import { type Address, datatypeSchema, type Hex } from '@assay/wire';
import { z } from 'zod';
import type { Model, ModelSummary } from '../domain/model.ts';

export interface ModelConditions {
  readonly task?: string | undefined;
  readonly publisher?: Address | undefined;
  /** Some open offer asks at most this for a unit. */
  readonly maxPrice?: bigint | undefined;
}

export interface Summaries {
  readonly models: readonly ModelSummary[];
  readonly freshness: Freshness;
}

/** Models as the chain index knows them. Those whose manifest cannot be read are nobody's to serve, and left out. */
export interface ModelIndex {
  /** Every model that fits, up to 1000 of the newest. */
  list(conditions: ModelConditions): Promise<Summaries>;
  byIds(ids: readonly Hex[]): Promise<Model[]>;
  byLineages(lineageIds: readonly Hex[]): Promise<Model[]>;
  /** Models whose ONNX file has one of these hashes. */
  byWeights(sha256: readonly Hex[]): Promise<Model[]>;
}

const hex = z.string().transform((value) => value as Hex);
const seconds = z.string().transform(Number);
const tensorSpec = z.object({
  name: z.string(),
  datatype: datatypeSchema,
  shape: z.array(z.number()),
});
const UNITS = { request: 'REQUEST', token: 'TOKEN', second: 'SECOND' } as const;

const summarySchema = z.object({
  id: hex,
  name: z.string(),
  task: z.string(),
  description: z
    .string()
    .nullish()
    .transform((text) => text ?? undefined),
  tags: z.array(z.string()),
  registeredAt: seconds,
});
const listSchema = z.object({ models: z.array(summarySchema) });

const modelSchema = summarySchema
  .extend({
    version: z.string(),
    publisher: hex,
    manifestHash: hex,
    royaltyPpm: z.number(),
    nextRoyaltyPpm: z.number(),
    nextRoyaltyAt: seconds,
    unit: z.enum(['request', 'token', 'second']).transform((unit) => UNITS[unit]),
    licence: z.string(),
    inputs: z.array(tensorSpec),
    outputs: z.array(tensorSpec),
    deprecated: z.boolean(),
    lineage: z.object({ id: hex }),
    files: z.array(z.object({ sha256: hex })),
  })
  .transform(({ lineage, files, nextRoyaltyPpm, nextRoyaltyAt, ...model }) => ({
    ...model,
    royaltyPpm:
      nextRoyaltyAt > 0 && nextRoyaltyAt * 1_000 <= Date.now() ? nextRoyaltyPpm : model.royaltyPpm,
    lineageId: lineage.id,
    weights: files[0]?.sha256,
  }));
const detailsSchema = z.object({ models: z.array(modelSchema) });

const SUMMARY = 'id name task description tags registeredAt';
const DETAILS = `${SUMMARY} version publisher manifestHash royaltyPpm nextRoyaltyPpm nextRoyaltyAt unit licence deprecated
  lineage { id } files(first: 1, where: { role: "model" }) { sha256 }
  inputs(first: 64, orderBy: position) { name datatype shape } outputs(first: 64, orderBy: position) { name datatype shape }`;

const LIST = `query ($where: Model_filter!) {
  models(first: 1000, where: $where, orderBy: registeredAt, orderDirection: desc) { ${SUMMARY} }
}`;
const BY_IDS = detailsBy('ids: [Bytes!]!', 'id_in: $ids');
const BY_LINEAGES = detailsBy('lineages: [String!]!', 'lineage_in: $lineages');
const BY_WEIGHTS = detailsBy('hashes: [Bytes!]!', 'files_: { role: "model", sha256_in: $hashes }');

function detailsBy(variable: string, condition: string): string {
  return `query ($${variable}) {
    models(first: 1000, where: { manifestValid: true, ${condition} }, orderBy: registeredAt) { ${DETAILS} }
  }`;
}

export function createModelIndex(index: IndexClient, now: () => number = Date.now): ModelIndex {
  const details = async (text: string, variables: Record<string, unknown>): Promise<Model[]> =>
    (await index.query(text, variables, detailsSchema)).data.models;
  return {
    async list(conditions) {
      const where = whereOf(conditions, Math.floor(now() / 1_000));
      const { data, freshness }: Indexed<z.output<typeof listSchema>> = await index.query(
        LIST,
        { where },
        listSchema,
      );
      return { models: data.models, freshness };
    },
    byIds: (ids) => details(BY_IDS, { ids }),
    byLineages: (lineages) => details(BY_LINEAGES, { lineages }),
    byWeights: (hashes) => details(BY_WEIGHTS, { hashes }),
  };
}

function whereOf({ task, publisher, maxPrice }: ModelConditions, now: number): object {
  return {
    manifestValid: true,
    ...(task !== undefined && { task }),
    ...(publisher !== undefined && { publisher }),
    ...(maxPrice !== undefined && {
      offers_: {
        retired: false,
        priceCeiling_lte: maxPrice.toString(),
        validUntil_gt: minute(now),
      },
    }),
  };
}

/** Rounded up, so that the same question within a minute is the same query. */
function minute(seconds: number): string {
  return (Math.ceil(seconds / 60) * 60).toString();
}
