import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { INDEXED_CONTRACTS } from '../contracts.ts';
import { committedAbis, declaredAbis } from '../read-abis.ts';
import { manifestProblems } from './manifest-problems.ts';
import { handlerProblems, mappingProblems } from './mapping-problems.ts';
import { schemaProblems } from './schema-problems.ts';

const HOME = join(import.meta.dirname, '..', '..');
const read = (path: string) => readFileSync(join(HOME, path), 'utf8');

/** All that is wrong with the subgraph, in sentences; empty if nothing is. */
export function lintIndex(): string[] {
  const manifest = read('subgraph.yaml');
  const declared = declaredAbis();
  const sources = sourceFiles().map((file) => ({ file, source: read(file) }));
  return [
    ...schemaProblems(read('schema.graphql')),
    ...manifestProblems(manifest, declared),
    ...sources.flatMap(({ file, source }) => mappingProblems(file, source)),
    ...handlerProblems(
      handlersOf(manifest),
      sources.filter(({ file }) => file.includes('mappings')).map(({ source }) => source),
    ),
    ...driftProblems(declared),
  ];
}

function driftProblems(declared: ReturnType<typeof declaredAbis>): string[] {
  const committed = committedAbis();
  return INDEXED_CONTRACTS.filter(
    (name) => JSON.stringify(committed[name]) !== JSON.stringify(declared[name]),
  ).map((name) => `abis/${name}.json is not what the interface declares: npm run thegraph:abis`);
}

function sourceFiles(): string[] {
  return readdirSync(join(HOME, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join('src', file));
}

function handlersOf(manifest: string): string[] {
  const { dataSources } = parse(manifest) as {
    dataSources: { mapping: { eventHandlers: { handler: string }[] } }[];
  };
  return dataSources.flatMap(({ mapping }) => mapping.eventHandlers.map(({ handler }) => handler));
}
