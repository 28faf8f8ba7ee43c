import { readFileSync } from 'node:fs';
// biome-ignore lint/style/noRestrictedImports: the API is composed from what the subgraphs export
import { jobsSchema } from '@assay/jobs';
// biome-ignore lint/style/noRestrictedImports: the API is composed from what the subgraphs export
import { buildFederatedSchema, type SchemaParts } from '@assay/kit';
// biome-ignore lint/style/noRestrictedImports: the API is composed from what the subgraphs export
import { modelsSchema } from '@assay/models';
// biome-ignore lint/style/noRestrictedImports: the API is composed from what the subgraphs export
import { providersSchema } from '@assay/providers';
// biome-ignore lint/style/noRestrictedImports: the API is composed from what the subgraphs export
import { reputationSchema } from '@assay/reputation';
import {
  composeServices,
  transformSupergraphToPublicSchema,
} from '@theguild/federation-composition';
import {
  buildASTSchema,
  buildSchema,
  type GraphQLSchema,
  isSpecifiedDirective,
  lexicographicSortSchema,
  parse,
  printSchema,
} from 'graphql';
import { expect, it, vi } from 'vitest';

// Slow only where many tests share few cores.
vi.setConfig({ testTimeout: 60_000 });

const PARTS: Record<string, SchemaParts<never>> = {
  models: modelsSchema,
  providers: providersSchema,
  jobs: jobsSchema,
  reputation: reputationSchema,
};

async function sdls() {
  const parts = Object.entries(PARTS);
  const built = parts.map(
    async ([name, part]) => [name, (await buildFederatedSchema(part)).sdl] as const,
  );
  return new Map(await Promise.all(built));
}

async function composedSchema(): Promise<GraphQLSchema> {
  const services = [...(await sdls())].map(([name, sdl]) => ({ name, typeDefs: parse(sdl) }));
  const { supergraphSdl, errors } = composeServices(services);
  if (supergraphSdl === undefined) throw new Error(errors.map(({ message }) => message).join('\n'));
  return buildASTSchema(transformSupergraphToPublicSchema(parse(supergraphSdl)));
}

/** Sorted lines without descriptions: order and prose are not part of the contract. */
function linesOf(schema: GraphQLSchema): string[] {
  const plain = printSchema(lexicographicSortSchema(schema))
    .replace(/"""[\s\S]*?"""\n?/g, '')
    .replace(/^directive .*$/gm, '');
  let owner = '';
  return plain.split('\n').flatMap((line) => {
    const text = line.trim();
    if (text === '' || text === '}') return [];
    if (!line.startsWith(' ')) owner = text.replace(/ \{$/, '');
    return line.startsWith(' ') ? [`${owner}: ${text}`] : [owner];
  });
}

it('composes into exactly the API that docs/api.graphql promises', async () => {
  const promised = buildSchema(readFileSync('docs/api.graphql', 'utf8'));
  expect(linesOf(await composedSchema())).toEqual(linesOf(promised));
});

it('keeps @oneOf where exactly one field is meant', async () => {
  const schema = await composedSchema();
  const inputs = ['ActionInput', 'IntentTarget', 'JobInput', 'PreferInput', 'TensorDataInput'];
  for (const name of inputs) expect(schema.getType(name)).toMatchObject({ isOneOf: true });
});

it('contributes to entities where DESIGN says', async () => {
  const built = await sdls();
  const contributions = [
    ['providers', 'Model', 'offers'],
    ['reputation', 'Model', 'trust'],
    ['reputation', 'Provider', 'reputation'],
    ['reputation', 'Provider', 'staking'],
  ] as const;
  for (const [subgraph, type, field] of contributions) {
    const definition = new RegExp(`type ${type} @key[^}]*\\b${field}\\b`);
    expect(built.get(subgraph)).toMatch(definition);
  }
});

it('adds no directive of its own to what clients see', async () => {
  const own = (await composedSchema()).getDirectives().filter((one) => !isSpecifiedDirective(one));
  expect(own.map(({ name }) => name)).toEqual([]);
});
