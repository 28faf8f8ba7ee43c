import {
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLNamedType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
} from 'graphql';

type Fields = Readonly<Record<string, GraphQLField<unknown, unknown> | GraphQLInputField>>;

/** What `promised` has and `actual` has not, or has with another type; additions are fine. */
export function missingFrom(actual: GraphQLSchema, promised: GraphQLSchema): string[] {
  return Object.values(promised.getTypeMap())
    .filter(({ name }) => !name.startsWith('__'))
    .flatMap((type) => missingParts(actual.getType(type.name), type));
}

function missingParts(actual: GraphQLNamedType | undefined, promised: GraphQLNamedType): string[] {
  const { name } = promised;
  if (actual === undefined) return [`type ${name}`];
  if (isEnumType(promised) && isEnumType(actual)) {
    return promised
      .getValues()
      .filter(({ name: value }) => actual.getValue(value) === undefined)
      .map(({ name: value }) => `${name}.${value}`);
  }
  const wanted = fieldsOf(promised);
  const found = fieldsOf(actual);
  return Object.entries(wanted).flatMap(([field, { type }]) => {
    const there = found[field];
    if (there === undefined) return [`${name}.${field}`];
    const differs = `${there.type}` !== `${type}`;
    return [
      ...(differs ? [`${name}.${field}: ${type}, not ${there.type}`] : []),
      ...missingArguments(`${name}.${field}`, there, wanted[field]),
    ];
  });
}

function missingArguments(where: string, actual: object, promised: object | undefined): string[] {
  const wanted = argumentsOf(promised);
  const found = argumentsOf(actual);
  return [...wanted]
    .filter(([name, type]) => found.get(name) !== type)
    .map(([name, type]) => `${where}(${name}: ${type})`);
}

function argumentsOf(field: object | undefined): Map<string, string> {
  const args =
    field !== undefined && 'args' in field ? (field as GraphQLField<unknown, unknown>).args : [];
  return new Map(args.map(({ name, type }) => [name, `${type}`]));
}

function fieldsOf(type: GraphQLNamedType): Fields {
  if (isObjectType(type) || isInterfaceType(type) || isInputObjectType(type))
    return type.getFields();
  return {};
}
