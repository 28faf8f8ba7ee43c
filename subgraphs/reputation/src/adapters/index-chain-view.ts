import type { Freshness, IndexClient } from '@assay/kit';
import type { Address, Hex } from '@assay/wire';
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

const PAGE = 1_000;
const FIRST_ID: Hex = '0x';
const DAY = 86_400;
const RECORD_DAYS = 90;
const DEFAULT_MIN_STAKE = 10n ** 18n;

const answerSchema = z.object({
  providers: z.array(
    z.object({
      id: hex,
      own: amount,
      slashable: amount,
      unmatured: amount,
      slashes: z.array(z.object({ at: seconds, reason: z.string() })),
    }),
  ),
  parameters: z.array(z.object({ value: amount })),
});

/** Slashes since a midnight, so that the query stays the same all day. */
const READ = `query ($after: Bytes!, $since: BigInt!) {
  providers(first: ${PAGE}, where: { id_gt: $after, registered: true }, orderBy: id) {
    id own slashable unmatured
    slashes(first: 20, where: { at_gte: $since }, orderBy: at, orderDirection: desc) { at reason }
  }
  parameters(first: 1, where: { name: "minStake" }) { value }
}`;
const HEAD = '{ protocols(first: 1) { id } }';
const headSchema = z.object({ protocols: z.array(z.unknown()) });

export function createChainViewIndex(
  index: IndexClient,
  now: () => number = Date.now,
): ChainViewIndex {
  return {
    async head() {
      const { block, freshness } = await index.query(HEAD, {}, headSchema);
      return { hash: block.hash, stale: freshness.stale };
    },
    async read() {
      const since = `${(Math.floor(now() / 1_000 / DAY) - RECORD_DAYS) * DAY}`;
      const providers = new Map<Address, ChainFacts>();
      for (let after = FIRST_ID; ; ) {
        const { data, block, freshness } = await index.query(READ, { after, since }, answerSchema);
        for (const { id, slashes, ...facts } of data.providers)
          providers.set(id, { ...facts, slashes: slashes.map(toMs) });
        const last = data.providers.at(-1);
        if (data.providers.length < PAGE || last === undefined) {
          const minStake = data.parameters.at(0)?.value ?? DEFAULT_MIN_STAKE;
          return { providers, minStake, block, freshness };
        }
        after = last.id;
      }
    },
  };
}

function toMs({ at, reason }: { at: number; reason: string }) {
  return { atMs: at * 1_000, reason };
}
