import { buildSchema, parse } from 'graphql';
import { expect, test } from 'vitest';
import { weighOperation } from './weigh-operation.ts';

const schema = buildSchema(`
  type Query { page(first: Int = 20): Page!, open(first: Int): Page!, list: [Item!]!, one: Item }
  type Mutation { change: Item }
  type Page { edges: [Edge!]!, totalCount: Int }
  type Edge { node: Item! }
  type Item { id: ID!, tags: [String!]!, parent: Item, page(first: Int = 20): Page! }
`);
const weigh = (query: string, variables: Record<string, unknown> = {}) =>
  weighOperation({ schema, document: parse(query), variables });

test('counts a page as long as the client lets it be', () => {
  expect(weigh('{ page(first: 5) { edges { node { id } } } }').cost).toBe(1 + 5 * (1 + 1));
  expect(weigh('{ page { edges { node { id } } } }').cost).toBe(1 + 20 * 2);
  expect(weigh('{ open { edges { node { id } } } }').cost).toBe(1 + 20 * 2);
  const query = 'query ($n: Int) { page(first: $n) { edges { node { id } } } }';
  expect(weigh(query, { n: 7 }).cost).toBe(1 + 7 * 2);
});

test('multiplies pages within pages', () => {
  const query =
    '{ page(first: 10) { edges { node { page(first: 10) { edges { node { id } } } } } } }';
  expect(weigh(query).cost).toBe(1 + 10 * (1 + 1 + (1 + 10 * 2)));
});

test('counts what fragments spread, however often, without weighing them again', () => {
  const levels = Array.from(
    { length: 30 },
    (_, index) =>
      `fragment f${index} on Item { a: parent { ...f${index + 1} } b: parent { ...f${index + 1} } }`,
  );
  const query = `{ one { ...f0 } } ${levels.join(' ')} fragment f30 on Item { id }`;
  const { cost, depth } = weigh(query);
  expect(cost).toBeGreaterThan(2 ** 30);
  expect(depth).toBe(32);
});

test('survives a cycle of fragments, which validation refuses', () => {
  const query =
    '{ one { ...a } } fragment a on Item { parent { ...b } } fragment b on Item { parent { ...a } }';
  expect(weigh(query).depth).toBeGreaterThan(0);
});

test('charges a mutation for what it does', () => {
  expect(weigh('mutation { change { id } }').cost).toBe(11);
});
