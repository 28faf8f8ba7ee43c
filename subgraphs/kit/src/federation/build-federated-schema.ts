import { buildSubgraphSchema } from '@apollo/subgraph';
import { printSchemaWithDirectives } from '@graphql-tools/utils';
import { type GraphQLSchema, parse } from 'graphql';
import { buildSchema, createResolversMap, type PubSub } from 'type-graphql';

/** Answers an entity for what another subgraph knows of it: its key and required fields. */
export type ReferenceResolver<C> = (reference: Record<string, unknown>, context: C) => unknown;
// biome-ignore lint/complexity/noBannedTypes: type-graphql takes classes as Function
export type ClassList = readonly Function[];

export interface SchemaParts<C> {
  readonly resolvers: ClassList;
  /** Entities that this subgraph only extends, and types that only interfaces reach. */
  readonly orphanedTypes?: ClassList;
  readonly references?: Readonly<Record<string, ReferenceResolver<C>>>;
}

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: [
  "@key", "@shareable", "@external", "@provides", "@requires", "@inaccessible", "@override", "@tag", "@authenticated", "@requiresScopes", "@interfaceObject"
])`;

/** type-graphql insists on a PubSub even where every subscription brings its own source. */
const NO_PUB_SUB: PubSub = {
  publish: () => refuseTopics(),
  subscribe: () => refuseTopics(),
};

function refuseTopics(): never {
  throw new Error('subscriptions here have their own `subscribe`, never topics');
}

export interface FederatedSchema {
  readonly sdl: string;
  readonly schema: GraphQLSchema;
}

/** A Federation 2 schema from type-graphql classes. */
export async function buildFederatedSchema<C>(parts: SchemaParts<C>): Promise<FederatedSchema> {
  const plain = await buildSchema({
    // biome-ignore lint/complexity/noBannedTypes: type-graphql takes classes as Function
    resolvers: parts.resolvers as unknown as [Function],
    orphanedTypes: [...(parts.orphanedTypes ?? [])],
    validate: false,
    pubSub: NO_PUB_SUB,
  });
  const sdl = `${LINK}\n\n${printSchemaWithDirectives(plain)}`;
  const resolvers = createResolversMap(plain) as Record<string, object>;
  for (const [entity, resolveReference] of Object.entries(parts.references ?? {})) {
    if (plain.getType(entity) === undefined)
      throw new Error(`entity ${entity} is not in the schema: name its class in orphanedTypes`);
    resolvers[entity] = { ...resolvers[entity], __resolveReference: resolveReference };
  }
  return { sdl, schema: buildSubgraphSchema([{ typeDefs: parse(sdl), resolvers }] as never) };
}
