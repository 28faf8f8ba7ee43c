import {
  type DirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
  type TypeNode,
} from 'graphql';

/** Lists that are written once and bounded by the chain: 8 KiB of manifest, or 16 lanes of a fingerprint. */
const BOUNDED_LISTS = new Set([
  'Model.tags',
  'TensorSpec.shape',
  'Dispute.fingerprint',
  'JurorVote.fingerprint',
]);

/** What in the schema a Graph Node would index slowly, wrongly or not at all. */
export function schemaProblems(source: string): string[] {
  const document = parse(source);
  return typesOf(document).flatMap((type) => [
    ...kindProblems(type),
    ...idProblems(type),
    ...(type.fields ?? []).flatMap((field) => listProblems(type, field)),
  ]);
}

const typesOf = (document: DocumentNode) =>
  document.definitions.filter((node) => node.kind === Kind.OBJECT_TYPE_DEFINITION);

function kindProblems(type: ObjectTypeDefinitionNode): string[] {
  const name = type.name.value;
  if (name === '_Schema_' || directive(type, 'fulltext')) return [`${name}: no full-text search`];
  if (directive(type, 'aggregation')) return [];
  const entity = directive(type, 'entity');
  if (!entity) return [`${name}: neither @entity nor @aggregation`];
  const stated = argument(entity, 'immutable') !== undefined || isTimeseries(type);
  return stated ? [] : [`${name}: state immutable: true or false`];
}

function idProblems(type: ObjectTypeDefinitionNode): string[] {
  const expected = directive(type, 'aggregation') || isTimeseries(type) ? 'Int8' : 'Bytes';
  const id = type.fields?.find((field) => field.name.value === 'id');
  const is = id ? namedType(id.type) : 'nothing';
  return is === expected ? [] : [`${type.name.value}.id is ${is}; it must be ${expected}!`];
}

function listProblems(type: ObjectTypeDefinitionNode, field: FieldDefinitionNode): string[] {
  const name = `${type.name.value}.${field.name.value}`;
  const grows = isList(field.type) && !directive(field, 'derivedFrom') && !BOUNDED_LISTS.has(name);
  return grows ? [`${name}: a stored list grows; derive it with @derivedFrom`] : [];
}

function directive(node: { directives?: readonly DirectiveNode[] | undefined }, name: string) {
  return node.directives?.find((each) => each.name.value === name);
}

function argument(node: DirectiveNode, name: string): unknown {
  const value = node.arguments?.find((each) => each.name.value === name)?.value;
  return value?.kind === Kind.BOOLEAN ? value.value : undefined;
}

function isTimeseries(type: ObjectTypeDefinitionNode): boolean {
  const entity = directive(type, 'entity');
  return entity !== undefined && argument(entity, 'timeseries') === true;
}

function isList(type: TypeNode): boolean {
  if (type.kind === Kind.NON_NULL_TYPE) return isList(type.type);
  return type.kind === Kind.LIST_TYPE;
}

function namedType(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type);
}
