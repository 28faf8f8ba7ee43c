import { DATATYPE_BYTES } from '@assay/wire';
import { registerEnumType } from 'type-graphql';

type Names<T extends string> = { readonly [K in T]: K };

/** An enum whose values are its names, registered once for all subgraphs that use it. */
export function graphqlEnum<T extends string>(name: string, values: readonly T[]): Names<T> {
  const names = Object.fromEntries(values.map((value) => [value, value])) as Names<T>;
  registerEnumType(names, { name });
  return names;
}

/** Element types of tensors; the wire's own list. */
export const DatatypeEnum = graphqlEnum(
  'Datatype',
  Object.keys(DATATYPE_BYTES) as (keyof typeof DATATYPE_BYTES)[],
);
export const MeteringUnitEnum = graphqlEnum('MeteringUnit', ['REQUEST', 'TOKEN', 'SECOND']);
export type MeteringUnit = keyof typeof MeteringUnitEnum;
