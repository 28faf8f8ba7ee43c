import { expect, test } from 'vitest';
import { eventsOf } from '../events-of.ts';
import { lintIndex } from './lint-index.ts';
import { manifestProblems } from './manifest-problems.ts';
import { handlerProblems, mappingProblems } from './mapping-problems.ts';
import { schemaProblems } from './schema-problems.ts';

test('the subgraph keeps all its rules and handles every event the interfaces declare', () => {
  expect(lintIndex()).toEqual([]);
});

test.each([
  ['type A @entity { id: Bytes! }', 'A: state immutable: true or false'],
  ['type A @entity(immutable: true) { id: ID! }', 'A.id is ID; it must be Bytes!'],
  ['type A @entity(timeseries: true) { id: Bytes! }', 'A.id is Bytes; it must be Int8!'],
  ['type A { id: Bytes! }', 'A: neither @entity nor @aggregation'],
  ['type _Schema_ @fulltext(name: "x") { id: Bytes! }', '_Schema_: no full-text search'],
  [
    'type A @entity(immutable: false) { id: Bytes! list: [A!]! }',
    'A.list: a stored list grows; derive it with @derivedFrom',
  ],
])('refuses the schema %s', (schema, problem) => {
  expect(schemaProblems(schema)).toContain(problem);
});

test('accepts derived lists and aggregations', () => {
  const schema = `
    type A @entity(immutable: false) { id: Bytes! bs: [B!]! @derivedFrom(field: "a") }
    type P @entity(timeseries: true) { id: Int8! timestamp: Timestamp! n: BigInt! }
    type S @aggregation(intervals: ["hour"], source: "P") { id: Int8! timestamp: Timestamp! }`;

  expect(schemaProblems(schema)).toEqual([]);
});

const ABI = eventsOf([
  'enum E { A } event Moved(address indexed who, E how); // event Not(uint a);',
]);

function manifest(change: (text: string) => string = (text) => text): string {
  return change(`
specVersion: 1.3.0
indexerHints: { prune: never }
dataSources:
  - name: Mover
    source: { startBlock: 5 }
    mapping:
      apiVersion: 0.0.9
      eventHandlers:
        - { event: 'Moved(indexed address,uint8)', handler: handleMoved }
`);
}

test('accepts a manifest that keeps the rules', () => {
  expect(manifestProblems(manifest(), { Mover: ABI })).toEqual([]);
});

test.each<[string, (text: string) => string, RegExp]>([
  ['an old specVersion', (text) => text.replace('1.3.0', '1.2.0'), /specVersion/],
  ['automatic pruning', (text) => text.replace('never', 'auto'), /prune is auto/],
  ['too short a history', (text) => text.replace('never', '1000'), /prune is 1000/],
  ['another apiVersion', (text) => text.replace('0.0.9', '0.0.7'), /apiVersion/],
  ['a missing startBlock', (text) => text.replace('startBlock: 5', ''), /startBlock/],
  [
    'a block handler',
    (text) => text.replace('eventHandlers', 'blockHandlers: []\n      eventHandlers'),
    /block handlers/,
  ],
  [
    'declared calls',
    (text) => text.replace('handleMoved }', "handleMoved, calls: { a: 'b' } }"),
    /calls contracts/,
  ],
  ['grafting', (text) => `${text}graft: {}\n`, /grafts nothing/],
  [
    'an event nobody handles',
    (text) => text.replace('Moved(indexed', 'Gone(indexed'),
    /unhandled Moved/,
  ],
  [
    'a handler for no event',
    (text) => text.replace('Moved(indexed', 'Gone(indexed'),
    /no such event Gone/,
  ],
])('refuses a manifest with %s', (_, change, problem) => {
  expect(manifestProblems(manifest(change), { Mover: ABI })).toContainEqual(
    expect.stringMatching(problem),
  );
});

test.each([
  'const token = Token.bind(event.address);',
  'const name = token.try_name();',
  "ipfs.cat('Qm')",
  "log.critical('no', [])",
  "const id = event.transaction.hash.toHexString() + '-' + index;",
  'provider.offers.push(offer.id);',
  'let count = 0;',
  'const n = value.toBigInt();',
])('refuses the mapping line %s', (line) => {
  expect(mappingProblems('a.ts', line)).toHaveLength(1);
});

test('sees through comments', () => {
  expect(mappingProblems('a.ts', '/* never ipfs.cat */ // log.critical(')).toEqual([]);
});

test('matches handlers of the manifest with those of the mappings', () => {
  const sources = [
    'export function handleA(e: A): void {}',
    'export function handleA(e: B): void {}\nexport function handleC(): void {}',
  ];

  expect(handlerProblems(['handleA', 'handleB'], sources)).toEqual([
    'handleB is exported nowhere',
    'handleC is never called',
    'handleA is exported twice',
  ]);
});
