import { expect, it } from 'vitest';
import { sumGraph } from '../../supervisor/slots/graph-fixtures.ts';
import { operatorsOf } from '../operators-of.ts';
import { bytesField, floatField, varintField } from './protobuf-writer.ts';
import { readModel } from './read-model.ts';
import { writeModel } from './write-model.ts';

const concat = (...parts: Uint8Array[]) => Buffer.concat(parts);
const operation = (type: string, ...more: Uint8Array[]) =>
  concat(bytesField(1, 'x'), bytesField(2, 'y'), bytesField(4, type), ...more);
const graph = (...parts: Uint8Array[]) => concat(bytesField(2, 'g'), ...parts);
const model = (...graphs: Uint8Array[]) =>
  concat(
    varintField(1, 8),
    ...graphs.map((each) => bytesField(7, each)),
    bytesField(8, varintField(2, 17)),
  );
/** A model of one operation with these further fields. */
const withOperation = (...more: Uint8Array[]) =>
  model(graph(bytesField(1, operation('Add', ...more))));
const withAttribute = (...fields: Uint8Array[]) =>
  withOperation(bytesField(5, concat(bytesField(1, 'a'), ...fields)));
const withTensor = (...fields: Uint8Array[]) =>
  model(graph(bytesField(5, concat(bytesField(8, 't'), ...fields))));
const type = (...fields: Uint8Array[]) =>
  model(graph(bytesField(11, concat(bytesField(1, 'x'), ...fields))));
const shape = (...fields: Uint8Array[]) =>
  type(
    bytesField(
      2,
      bytesField(1, concat(varintField(1, 1), bytesField(2, bytesField(1, concat(...fields))))),
    ),
  );

it('reads what these helpers write, so that each refusal below has the one reason it names', () => {
  const empty = bytesField(2, bytesField(1, concat(varintField(1, 1), bytesField(2, ''))));
  for (const sound of [
    model(graph(bytesField(1, operation('Add')))),
    withAttribute(varintField(3, 7), varintField(20, 2)),
    withTensor(varintField(1, 2), varintField(1, 3), varintField(2, 1), bytesField(9, '')),
    type(empty),
    shape(varintField(1, 4)),
  ])
    expect(() => readModel(sound)).not.toThrow();
});

it.each<[string, Uint8Array, RegExp]>([
  [
    'two graphs, which protobuf merges into one',
    model(
      graph(bytesField(1, operation('RandomNormalLike'))),
      graph(bytesField(1, operation('Add'))),
    ),
    /field 7 more than once/,
  ],
  ['two operators in one operation', withOperation(bytesField(4, 'Sub')), /field 4 more than once/],
  [
    'two domains in one operation',
    withOperation(bytesField(7, 'ai.onnx'), bytesField(7, 'com.example')),
    /field 7 more than once/,
  ],
  [
    'two bodies under one attribute',
    withAttribute(bytesField(6, graph()), bytesField(6, graph())),
    /a value more than once/,
  ],
  [
    'two kinds of value in one attribute',
    withAttribute(varintField(3, 1), floatField(2, 1)),
    /a value more than once/,
  ],
  [
    'two attributes of one name',
    withOperation(...['a', 'a'].map((name) => bytesField(5, bytesField(1, name)))),
    /two attributes "a"/,
  ],
  [
    'an attribute taken from a function',
    withAttribute(bytesField(21, 'b')),
    /refers to one of a function/,
  ],
  [
    'numbers both raw and listed in one tensor',
    withTensor(varintField(2, 7), varintField(7, 1), bytesField(9, Buffer.alloc(8))),
    /data more than once/,
  ],
  [
    'an element type that other parsers cut to 32 bits',
    withTensor(varintField(2, 2n ** 32n + 7n)),
    /out of its range/,
  ],
  ['a negative dimension', withTensor(varintField(1, -1)), /impossible shape/],
  [
    'a place of external data said twice',
    withTensor(
      ...['a.bin', '/etc/passwd'].map((place) =>
        bytesField(13, concat(bytesField(1, 'location'), bytesField(2, place))),
      ),
    ),
    /two entries "location"/,
  ],
  ['two types of one value', type(bytesField(2, ''), bytesField(2, '')), /field 2 more than once/],
  [
    'a tensor type beside a sequence type',
    type(bytesField(2, concat(bytesField(1, ''), bytesField(4, '')))),
    /a type more than once/,
  ],
  [
    'two shapes of one type',
    type(bytesField(2, bytesField(1, concat(bytesField(2, ''), bytesField(2, ''))))),
    /field 2 more than once/,
  ],
  [
    'a dimension that is both a number and a name',
    shape(varintField(1, 4), bytesField(2, 'n')),
    /a value more than once/,
  ],
  [
    'two initializers of one name',
    model(
      graph(
        ...[1, 2].map((size) => bytesField(5, concat(varintField(1, size), bytesField(8, 't')))),
      ),
    ),
    /"t" is defined more than once/,
  ],
  [
    'an initializer and an operation of one name',
    model(graph(bytesField(5, bytesField(8, 'y')), bytesField(1, operation('Constant')))),
    /"y" is defined more than once/,
  ],
  [
    'two opsets of one domain under its two names',
    concat(model(graph()), bytesField(8, concat(bytesField(1, 'ai.onnx'), varintField(2, 1)))),
    /two opsets of ai\.onnx/,
  ],
  [
    'a field that a newer reader may know',
    concat(model(graph()), bytesField(99, 'x')),
    /unknown field 99/,
  ],
  ['a known field of another wire type', concat(model(graph()), varintField(7, 1)), /wire type 0/],
  ['a group', concat(model(graph()), Buffer.of(0x13, 0x14)), /wire type 3/],
  [
    'a field number of more than 32 bits, which other parsers take for the graph',
    concat(model(graph()), Buffer.of(0xba, 0x80, 0x80, 0x80, 0x10), bytesField(1, '').subarray(1)),
    /too many bits/,
  ],
  [
    'a length that is negative in 64 bits',
    concat(model(graph()), Buffer.of(0x12), varintField(1, -1).subarray(1)),
    /longer than its message/,
  ],
  [
    'a number of eleven bytes',
    concat(Buffer.of(0x08), Buffer.alloc(10, 0x80), Buffer.of(0), model(graph())),
    /too many bytes/,
  ],
  ['packed numbers whose last is cut off', withTensor(bytesField(1, Buffer.of(0x80))), /cut off/],
  [
    'an operator whose name only looks like one',
    withOperation(bytesField(7, 'ai.onnx\0')),
    /no name/,
  ],
])('refuses %s', (_, bytes, reason) => {
  expect(() => readModel(bytes)).toThrow(reason);
  expect(() => readModel(bytes)).toThrow(expect.objectContaining({ name: 'ProtobufFault' }));
});

it('reads packed and unpacked numbers alike, and any length of them', () => {
  const packed = bytesField(7, Buffer.alloc(300_000, 1));
  const { initializers } = readModel(withTensor(varintField(2, 7), packed)).graph;
  expect(initializers[0]?.integers).toBeUndefined();
  const long = readModel(withAttribute(bytesField(8, Buffer.alloc(300_000, 1)))).graph;
  expect(long.operations[0]?.attributes.size).toBe(0);
  const short = (...fields: Uint8Array[]) =>
    readModel(withTensor(varintField(2, 7), ...fields)).graph.initializers[0]?.integers;
  expect(short(bytesField(7, Buffer.of(5, 6)))).toEqual([5, 6]);
  expect(short(varintField(7, 5), varintField(7, 6))).toEqual([5, 6]);
  expect(() => readModel(withTensor(bytesField(1, Buffer.alloc(300_000, 1))))).toThrow(
    'impossible shape',
  );
});

it('takes a sparse initializer for what the runtime makes of it', () => {
  const dense = [1, 1_000_000, 1_000_000].map((size) => varintField(3, size));
  const values = bytesField(1, concat(varintField(1, 1), varintField(2, 1), bytesField(8, 's')));
  const { initializers } = readModel(model(graph(bytesField(15, concat(values, ...dense))))).graph;
  expect(initializers).toMatchObject([{ name: 's', shape: [1, 1_000_000, 1_000_000] }]);
});

it('says that a model defines functions or carries training, without reading them', () => {
  const plain = writeModel(sumGraph());
  expect(readModel(plain)).toMatchObject({ functions: false, training: false });
  expect(readModel(concat(plain, bytesField(25, 'anything')))).toMatchObject({ functions: true });
  expect(readModel(concat(plain, bytesField(20, 'anything')))).toMatchObject({ training: true });
});

it('finds a body whatever the attribute calls itself, and one domain under both its names', () => {
  const hidden = bytesField(6, graph(bytesField(1, operation('RandomNormalLike'))));
  const [INT, STRING] = [2, 3];
  for (const claimed of [INT, STRING]) {
    const model = readModel(withAttribute(hidden, varintField(20, claimed)));
    expect(operatorsOf(model)).toEqual(['ai.onnx:Add', 'ai.onnx:RandomNormalLike']);
  }
  const several = withAttribute(
    ...['Sin', 'Cos'].map((type) => bytesField(11, graph(bytesField(1, operation(type))))),
  );
  expect(operatorsOf(readModel(several))).toEqual(['ai.onnx:Add', 'ai.onnx:Cos', 'ai.onnx:Sin']);
  for (const domain of ['', 'ai.onnx'])
    expect(operatorsOf(readModel(withOperation(bytesField(7, domain))))).toEqual(['ai.onnx:Add']);
});
