import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonFragment } from 'ethers';
import { EVENT_SOURCES, INDEXED_CONTRACTS, type IndexedContract } from './contracts.ts';
import { eventsOf } from './events-of.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** The event ABIs as the contracts' interfaces declare them now. */
export function declaredAbis(): Record<IndexedContract, JsonFragment[]> {
  return each((name) =>
    eventsOf(EVENT_SOURCES[name].map((path) => readFileSync(join(ROOT, path), 'utf8'))),
  );
}

/** The event ABIs that the manifest refers to. */
export function committedAbis(): Record<IndexedContract, JsonFragment[]> {
  return each((name) => JSON.parse(readFileSync(abiFile(name), 'utf8')) as JsonFragment[]);
}

export const abiFile = (name: IndexedContract) => join(ROOT, 'thegraph', 'abis', `${name}.json`);

function each(read: (name: IndexedContract) => JsonFragment[]) {
  return Object.fromEntries(INDEXED_CONTRACTS.map((name) => [name, read(name)])) as Record<
    IndexedContract,
    JsonFragment[]
  >;
}
