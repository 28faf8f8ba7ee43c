import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  getOperationAST,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type SelectionSetNode,
  valueFromASTUntyped,
} from 'graphql';

export interface Weight {
  /** Fields one in another; introspection does not count, graphql-js bounds it by itself. */
  readonly depth: number;
  /** Objects the answer may hold: lists count as long as the client lets them grow. */
  readonly cost: number;
}

export interface WeighedOperation {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operationName?: string | null | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | null | undefined;
}

/** Length of a page whose `first` is not given, and of a list without pages. */
const ASSUMED_PAGE = 20;
const ASSUMED_LIST = 10;
const MUTATION_COST = 10;

/** Weighs a whole operation before anything runs. Every fragment is weighed once, however often it is spread. */
export function weighOperation(operation: WeighedOperation): Weight {
  const { schema, document, variables } = operation;
  const definition = getOperationAST(document, operation.operationName);
  const root = definition && schema.getRootType(definition.operation);
  if (!definition || !root) return { depth: 0, cost: 0 };
  const scale = new Scale(schema, document, variables ?? {});
  const { depth, cost } = scale.selections(definition.selectionSet, root.name, undefined);
  const roots = definition.selectionSet.selections.length;
  return { depth, cost: definition.operation === 'mutation' ? cost + MUTATION_COST * roots : cost };
}

class Scale {
  private readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  private readonly weighed = new Map<string, Weight>();
  private readonly schema: GraphQLSchema;
  private readonly variables: Readonly<Record<string, unknown>>;

  constructor(
    schema: GraphQLSchema,
    document: DocumentNode,
    variables: Readonly<Record<string, unknown>>,
  ) {
    this.schema = schema;
    this.variables = variables;
    const fragments = document.definitions.filter(
      (node): node is FragmentDefinitionNode => node.kind === Kind.FRAGMENT_DEFINITION,
    );
    this.fragments = new Map(fragments.map((fragment) => [fragment.name.value, fragment]));
  }

  /** `page`: the size of the connection these selections are the inside of. */
  selections(node: SelectionSetNode, typeName: string, page: number | undefined): Weight {
    let [depth, cost] = [0, 0];
    for (const selection of node.selections) {
      const weight =
        selection.kind === Kind.FIELD
          ? this.field(selection, typeName, page)
          : selection.kind === Kind.INLINE_FRAGMENT
            ? this.selections(
                selection.selectionSet,
                selection.typeCondition?.name.value ?? typeName,
                page,
              )
            : this.fragment(selection.name.value, page);
      depth = Math.max(depth, weight.depth);
      cost += weight.cost;
    }
    return { depth, cost };
  }

  private fragment(name: string, page: number | undefined): Weight {
    const key = `${name} ${page}`;
    const known = this.weighed.get(key);
    if (known !== undefined) return known;
    this.weighed.set(key, { depth: 0, cost: 0 }); // what a cycle sees; validation refuses it
    const fragment = this.fragments.get(name);
    if (fragment === undefined) return { depth: 0, cost: 0 };
    const { selectionSet, typeCondition } = fragment;
    const weight = this.selections(selectionSet, typeCondition.name.value, page);
    this.weighed.set(key, weight);
    return weight;
  }

  private field(node: FieldNode, typeName: string, page: number | undefined): Weight {
    const field = this.definitionOf(typeName, node.name.value);
    if (field === undefined || node.name.value.startsWith('__')) return { depth: 0, cost: 0 };
    const type = getNamedType(field.type);
    if (node.selectionSet === undefined || !isCompositeType(type)) return { depth: 1, cost: 0 };
    const size = this.pageSize(node, field);
    const isList = isListType(getNullableType(field.type));
    const inside = this.selections(node.selectionSet, type.name, isList ? undefined : size);
    const count = isList ? (size ?? page ?? ASSUMED_LIST) : 1;
    return { depth: 1 + inside.depth, cost: count * (1 + inside.cost) };
  }

  private definitionOf(
    typeName: string,
    field: string,
  ): GraphQLField<unknown, unknown> | undefined {
    const type = this.schema.getType(typeName);
    return isObjectType(type) || isInterfaceType(type) ? type.getFields()[field] : undefined;
  }

  /** The value of `first`, for fields that have such an argument. */
  private pageSize(node: FieldNode, field: GraphQLField<unknown, unknown>): number | undefined {
    const argument = field.args.find(({ name }) => name === 'first');
    if (argument === undefined) return undefined;
    const given = node.arguments?.find(({ name }) => name.value === 'first');
    const value = given && valueFromASTUntyped(given.value, this.variables);
    const size = typeof value === 'number' ? value : argument.defaultValue;
    return typeof size === 'number' ? Math.max(0, size) : ASSUMED_PAGE;
  }
}
