import type { Address } from '@assay/wire';
import { EventFragment, id } from 'ethers';
import { INDEXED_CONTRACTS, type IndexedContract } from '../tools/contracts.ts';
import { committedAbis } from '../tools/read-abis.ts';

export type Value = string | number | boolean | readonly Value[];

export interface MockEvent {
  readonly address: string;
  readonly event: string;
  readonly params: Readonly<Record<string, Value>>;
  readonly txHash?: string;
}

export interface MappingCase {
  readonly name: string;
  readonly blocks: readonly { hash: string; timestamp: number; events: readonly MockEvent[] }[];
  readonly assertions: readonly { query: string; expected: unknown }[];
}

/** What a case expects: a GraphQL selection on one entity or list, and the answer. */
type Expectation = readonly [query: string, expected: unknown];

const FIRST_BLOCK_AT = 1_000_000;
const BLOCK_SECONDS = 10;
const abis = committedAbis();

/** Where the contracts of the mocked chain are. */
export const ADDRESSES = Object.fromEntries(
  INDEXED_CONTRACTS.map((name, index) => [name, `0x${`c${index}`.padEnd(40, '0')}`]),
) as Record<IndexedContract, Address>;

/** Seconds since the epoch of the n-th block of a case, from 0. */
export const secondOf = (block: number) => FIRST_BLOCK_AT + block * BLOCK_SECONDS;

/** One event, encoded as the contract's ABI says; an unknown name or a missing parameter fails at once. */
export function emit(
  contract: IndexedContract,
  name: string,
  params: Readonly<Record<string, Value>>,
): MockEvent {
  const json = abis[contract].find((each) => each.name === name);
  if (!json) throw new Error(`${contract} has no event ${name}`);
  const fragment = EventFragment.from(json);
  const missing = fragment.inputs.filter((input) => params[input.name] === undefined);
  if (missing.length > 0) throw new Error(`${name} needs ${missing.map((m) => m.name).join(', ')}`);
  const inputs = fragment.inputs.map(
    ({ type, indexed, name: input }) => `${type}${indexed ? ' indexed' : ''} ${input}`,
  );
  return { address: ADDRESSES[contract], event: `${name}(${inputs.join(', ')})`, params };
}

/** Blocks of events (or single events, each a block), and what the index must answer after them. */
export function mappingCase(
  name: string,
  blocks: readonly (MockEvent | readonly MockEvent[])[],
  ...expectations: readonly Expectation[]
): MappingCase {
  return {
    name,
    blocks: blocks.map((block, index) => ({
      // The node remembers answers by block hash, so no two cases may share one.
      hash: id(`${name} ${index}`),
      timestamp: secondOf(index),
      events: 'event' in block ? [block] : block,
    })),
    assertions: expectations.map(([query, expected]) => ({
      query: `{ answer: ${query} }`,
      expected: { answer: expected },
    })),
  };
}
