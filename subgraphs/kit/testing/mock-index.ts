import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  buildSchema,
  type FieldNode,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  parse,
  type SelectionSetNode,
} from 'graphql';

/** What a test wants an entity's field to be; everything else is made up. */
export type Overrides = Readonly<Record<string, (place: number) => unknown>>;

export interface MockIndex {
  readonly url: string;
  /** How many requests came. */
  readonly requests: number;
  /** The block it pretends to be at. */
  block: number;
  /** While true every connection is cut. */
  down: boolean;
  /** `Entity.field` -> value, by place in its list. */
  overrides: Overrides;
  close(): Promise<void>;
}

export interface MockIndexOptions {
  /** Rows of every list of entities. */
  readonly rows?: number;
  readonly overrides?: Overrides;
}

/**
 * An index that answers any query over `thegraph/schema.graphql` with made-up rows, and refuses a query that names a
 * field the schema has not: so queries are held to the schema without a graph-node.
 */
export async function startMockIndex(options: MockIndexOptions = {}): Promise<MockIndex> {
  const { rows = 3 } = options;
  const schema = indexSchema();
  const state = { block: 100, down: false, overrides: options.overrides ?? {} };
  let requests = 0;
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await request.toArray()).toString();
    requests += 1;
    if (state.down) {
      request.socket.destroy();
      return;
    }
    const { query } = JSON.parse(body) as { query: string };
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(answer(query, { schema, rows, ...state })));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    get requests() {
      return requests;
    },
    get block() {
      return state.block;
    },
    set block(block) {
      state.block = block;
    },
    get down() {
      return state.down;
    },
    set down(down) {
      state.down = down;
    },
    get overrides() {
      return state.overrides;
    },
    set overrides(overrides) {
      state.overrides = overrides;
    },
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface World {
  readonly schema: GraphQLSchema;
  readonly rows: number;
  readonly block: number;
  readonly overrides: Overrides;
}

const SCALARS = `
scalar Bytes scalar BigInt scalar BigDecimal scalar Int8 scalar Timestamp
directive @entity(immutable: Boolean, timeseries: Boolean) on OBJECT
directive @aggregation(intervals: [String!], source: String) on OBJECT
directive @aggregate(fn: String!, arg: String, cumulative: Boolean) on FIELD_DEFINITION
directive @derivedFrom(field: String!) on FIELD_DEFINITION
type Query { nothing: Int }`;

function indexSchema(): GraphQLSchema {
  const path = new URL('../../../thegraph/schema.graphql', import.meta.url);
  return buildSchema(SCALARS + readFileSync(path, 'utf8'));
}

function answer(query: string, world: World): object {
  try {
    const [operation] = parse(query).definitions;
    if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('one operation');
    const fields = operation.selectionSet.selections as readonly FieldNode[];
    return {
      data: Object.fromEntries(fields.map((field) => [keyOf(field), rootOf(field, world)])),
    };
  } catch (error) {
    return { errors: [{ message: String(error) }] };
  }
}

const keyOf = ({ alias, name }: FieldNode) => (alias ?? name).value;

function rootOf(field: FieldNode, world: World): unknown {
  const name = field.name.value;
  if (name === '_meta') {
    const hash = `0x${world.block.toString(16).padStart(64, '0')}`;
    return { block: { number: world.block, hash, timestamp: world.block } };
  }
  const single = entityNamed(name, world.schema);
  if (single !== undefined) return row(single, field.selectionSet, world, 0);
  const plural = entityNamed(singularOf(name), world.schema);
  if (plural === undefined) throw new Error(`the index has no ${name}`);
  return list(plural, field.selectionSet, world);
}

function singularOf(name: string): string {
  if (name.endsWith('ies')) return `${name.slice(0, -3)}y`;
  return name.endsWith('shes') ? name.slice(0, -2) : name.slice(0, -1);
}

function entityNamed(name: string, schema: GraphQLSchema): GraphQLObjectType | undefined {
  const type = schema.getType(name.charAt(0).toUpperCase() + name.slice(1));
  return isObjectType(type) ? type : undefined;
}

function list(type: GraphQLObjectType, selection: SelectionSetNode | undefined, world: World) {
  return Array.from({ length: world.rows }, (_, place) => row(type, selection, world, place));
}

function row(
  type: GraphQLObjectType,
  selection: SelectionSetNode | undefined,
  world: World,
  place: number,
): object {
  const fields = (selection?.selections ?? []) as readonly FieldNode[];
  const values = fields.map((field) => [keyOf(field), fieldValue(type, field, world, place)]);
  return Object.fromEntries(values);
}

function fieldValue(
  type: GraphQLObjectType,
  field: FieldNode,
  world: World,
  place: number,
): unknown {
  const name = field.name.value;
  const known = type.getFields()[name];
  if (known === undefined) throw new Error(`${type.name} has no ${name}`);
  const override = world.overrides[`${type.name}.${name}`];
  if (override !== undefined) return override(place);
  return made(known.type, field, world, place);
}

function made(type: GraphQLOutputType, field: FieldNode, world: World, place: number): unknown {
  if (isNonNullType(type)) return made(type.ofType, field, world, place);
  if (isListType(type)) {
    const item = isNonNullType(type.ofType) ? type.ofType.ofType : type.ofType;
    return isObjectType(item) ? list(item, field.selectionSet, world) : [];
  }
  if (isObjectType(type)) return row(type, field.selectionSet, world, place);
  return SAMPLES[String(type)]?.(place) ?? `made up ${place}`;
}

const SAMPLES: Readonly<Record<string, (place: number) => unknown>> = {
  Bytes: (place) => `0x${(place + 1).toString(16).padStart(40, '0')}`,
  BigInt: (place) => `${place + 1}`,
  BigDecimal: () => '1',
  Int8: (place) => `${place + 1}`,
  Timestamp: (place) => `${(place + 1) * 1_000_000}`,
  Int: (place) => place,
  Boolean: () => true,
};
