import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { JsonFragment } from 'ethers';
import { EVENT_SOURCES, INDEXED_CONTRACTS, type IndexedContract } from './contracts.ts';
import { eventsOf } from './events-of.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** The event ABIs as the contracts' interfaces declare them now. */
export function declaredAbis(): Record<IndexedContract, JsonFragment[]> {
  return each((name) =>
    eventsOf([...new Set(EVENT_SOURCES[name].flatMap((path) => withParents(join(ROOT, path))))]),
  );
}

/** The source of an interface and of those beside it that it inherits from. */
function withParents(path: string): string[] {
  const source = readFileSync(path, 'utf8');
  const parents = /^interface \w+ is ([^{]+)\{/m.exec(source)?.[1]?.split(',') ?? [];
  const beside = parents.map((parent) => join(dirname(path), `${parent.trim()}.sol`));
  return [source, ...beside.filter((file) => existsSync(file)).flatMap(withParents)];
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
