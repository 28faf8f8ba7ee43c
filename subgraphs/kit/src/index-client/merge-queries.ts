import {
  type DocumentNode,
  type FieldNode,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  type SelectionNode,
  type VariableDefinitionNode,
  visit,
} from 'graphql';

export interface IndexQuery {
  /** One query operation without fragments; its root fields may carry aliases. */
  readonly text: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

export interface MergedQuery {
  readonly text: string;
  readonly variables: Record<string, unknown>;
  /** The part of the answer that belongs to the query at this place. */
  pick(data: Readonly<Record<string, unknown>>, place: number): Record<string, unknown>;
}

const META = '_meta { block { number hash timestamp } }';
const metaField = operationOf(parse(`{ ${META} }`)).selectionSet.selections[0] as SelectionNode;

/** Several queries as one request: every variable and root field takes its query's prefix, and `_meta` is added. */
export function mergeQueries(queries: readonly IndexQuery[]): MergedQuery {
  const parts = queries.map(({ text }, place) => prefixed(text, `q${place}_`));
  const operation: OperationDefinitionNode = {
    kind: Kind.OPERATION_DEFINITION,
    operation: 'query' as OperationDefinitionNode['operation'],
    variableDefinitions: parts.flatMap((part) => part.variables),
    selectionSet: {
      kind: Kind.SELECTION_SET,
      selections: [metaField, ...parts.flatMap((part) => part.fields)],
    },
  };
  return {
    text: print(operation),
    variables: Object.assign({}, ...queries.map(prefixedValues)),
    pick(data, place) {
      const prefix = `q${place}_`;
      const own = Object.entries(data).filter(([name]) => name.startsWith(prefix));
      return Object.fromEntries(own.map(([name, value]) => [name.slice(prefix.length), value]));
    },
  };
}

function prefixedValues({ variables }: IndexQuery, place: number): Record<string, unknown> {
  const named = Object.entries(variables).map(([name, value]) => [`q${place}_${name}`, value]);
  return Object.fromEntries(named);
}

interface PrefixedPart {
  readonly variables: readonly VariableDefinitionNode[];
  readonly fields: readonly FieldNode[];
}

const prefixedParts = new Map<string, PrefixedPart>();

/** Parsed once for every text and place. */
function prefixed(text: string, prefix: string): PrefixedPart {
  const known = prefixedParts.get(prefix + text);
  if (known !== undefined) return known;
  const renamed: OperationDefinitionNode = visit(operationOf(parse(text)), {
    Variable: (node) => ({ ...node, name: { ...node.name, value: prefix + node.name.value } }),
  });
  const fields = renamed.selectionSet.selections.map((selection) => {
    if (selection.kind !== Kind.FIELD) throw new Error('index queries have no fragments');
    const value = prefix + (selection.alias ?? selection.name).value;
    return { ...selection, alias: { kind: Kind.NAME, value } as const };
  });
  const part = { variables: renamed.variableDefinitions ?? [], fields };
  if (prefixedParts.size < 1_000) prefixedParts.set(prefix + text, part);
  return part;
}

function operationOf(document: DocumentNode): OperationDefinitionNode {
  const [definition] = document.definitions;
  if (definition?.kind === Kind.OPERATION_DEFINITION && document.definitions.length === 1)
    return definition;
  throw new Error('an index query is one operation');
}
