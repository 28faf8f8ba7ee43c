import { createListReader, type Freshness, type IndexClient } from '@assay/kit';
import type { Address } from '@assay/wire';
import { z } from 'zod';
import type { ChainFacts } from '../scoring/score.ts';
import type { ChainView } from '../scoring/scoreboard.ts';
import { amount, hex, seconds } from './index-shapes.ts';

/** All that scores take from the chain, as of one block. */
export interface IndexedChainView extends ChainView {
  readonly block: { readonly number: number; readonly hash: string };
  readonly freshness: Freshness;
}

export interface ChainViewIndex {
  /** The block the index is at; cheap. */
  head(): Promise<{ readonly hash: string; readonly stale: boolean }>;
  read(): Promise<IndexedChainView>;
}

const DAY = 86_400;
const RECORD_DAYS = 90;
const DEFAULT_MIN_STAKE = 10n ** 18n;

const rowSchema = z.object({
  id: hex,
  own: amount,
  slashable: amount,
  unmatured: amount,
  slashes: z.array(z.object({ at: seconds, reason: z.string() })),
});
const parametersSchema = z.object({ parameters: z.array(z.object({ value: amount })) });

/** Slashes since a midnight, so that the query stays the same all day. */
const PROVIDERS = {
  field: 'providers',
  filterType: 'Provider_filter',
  declarations: '$since: BigInt!',
  selection: `id own slashable unmatured
    slashes(first: 20, where: { at_gte: $since }, orderBy: at, orderDirection: desc) { at reason }`,
  beside: 'parameters(first: 1, where: { name: "minStake" }) { value }',
  row: rowSchema,
};
const HEAD = '{ protocols(first: 1) { id } }';
const headSchema = z.object({ protocols: z.array(z.unknown()) });

export function createChainViewIndex(
  index: IndexClient,
  now: () => number = Date.now,
): ChainViewIndex {
  const readAll = createListReader(index, PROVIDERS);
  return {
    async head() {
      const { block, freshness } = await index.query(HEAD, {}, headSchema);
      return { hash: block.hash, stale: freshness.stale };
    },
    async read() {
      const since = `${(Math.floor(now() / 1_000 / DAY) - RECORD_DAYS) * DAY}`;
      const filter = { where: { registered: true }, variables: { since } };
      const { rows, beside, block, freshness } = await readAll(filter);
      const providers = new Map<Address, ChainFacts>();
      for (const { id, slashes, ...facts } of rows)
        providers.set(id, { ...facts, slashes: slashes.map(toMs) });
      const minStake = parametersSchema.parse(beside).parameters.at(0)?.value ?? DEFAULT_MIN_STAKE;
      return { providers, minStake, block, freshness };
    },
  };
}

function toMs({ at, reason }: { at: number; reason: string }) {
  return { atMs: at * 1_000, reason };
}
