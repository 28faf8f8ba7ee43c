import { expect, it } from 'vitest';
import {
  constantBombGraph,
  externalGraph,
  nestedGraph,
  runawayGraph,
  strangeGraph,
  sumGraph,
} from '../supervisor/slots/graph-fixtures.ts';
import { bytesField } from './onnx/protobuf-writer.ts';
import { readModel } from './onnx/read-model.ts';
import { type ELEMENT, type GraphSource, integers, writeModel } from './onnx/write-model.ts';
import { scanGraph } from './scan-graph.ts';

const MANIFEST = {
  files: [{ path: 'onnx/model.onnx', role: 'model' as const, sha256: '0x', bytes: 1 }],
  peakMemoryBytes: 64 * 1024 ** 2,
};
const scan = (graph: GraphSource, manifest: Partial<typeof MANIFEST> | object = {}) =>
  scanGraph(readModel(writeModel(graph)), { ...MANIFEST, ...manifest });
const rules = (findings: ReturnType<typeof scan>) =>
  findings.map(({ severity, rule }) => `${severity} ${rule}`);

it('finds nothing in an honest graph', () => {
  expect(scan(sumGraph())).toEqual([]);
});

it('refuses external data that is no file of the manifest, and accepts what is', () => {
  expect(rules(scan(externalGraph('/etc/passwd')))).toEqual(['refuse external data']);
  expect(rules(scan(externalGraph('../secret')))).toEqual(['refuse external data']);
  const files = [
    ...MANIFEST.files,
    { path: 'onnx/model.onnx_data', role: 'data' as const, sha256: '0x', bytes: 4 },
  ];
  expect(scan(externalGraph('model.onnx_data'), { files })).toEqual([]);
});

it('refuses constants larger than the memory the manifest asks for', () => {
  expect(rules(scan(constantBombGraph()))).toEqual(['refuse volume']);
});

it('refuses operators of unknown domains, randomness, and bfloat16 at the boundary', () => {
  expect(rules(scan(strangeGraph()))).toEqual(['refuse operator domain']);
  const random: GraphSource = {
    ...sumGraph(),
    operations: [{ type: 'RandomNormalLike', inputs: ['x'], outputs: ['sum'] }],
  };
  expect(rules(scan(random))).toEqual(['refuse randomness']);
  const [input] = sumGraph().inputs;
  const bfloat: GraphSource = {
    ...sumGraph(),
    inputs: [{ name: input?.name ?? '', element: 16 as typeof ELEMENT.float, shape: [1] }],
  };
  expect(rules(scan(bfloat))).toEqual(['refuse boundary type']);
});

it('refuses what hides operators: functions of the file’s own, and compiled code', () => {
  const hidden = Buffer.concat([writeModel(sumGraph()), bytesField(25, bytesField(1, 'Hidden'))]);
  expect(rules(scanGraph(readModel(hidden), MANIFEST))).toEqual(['refuse functions']);
  const compiled: GraphSource = {
    ...sumGraph(),
    operations: [{ type: 'EPContext', inputs: ['x'], outputs: ['sum'], domain: 'com.microsoft' }],
  };
  expect(rules(scan(compiled))).toEqual(['refuse compiled code']);
});

it('refuses Dropout that is told to train, and lets it pass where it does nothing', () => {
  const dropout = (...inputs: string[]): GraphSource => ({
    ...sumGraph(),
    operations: [{ type: 'Dropout', inputs, outputs: ['sum'] }],
  });
  expect(scan(dropout('x', 'ratio'))).toEqual([]);
  expect(rules(scan(dropout('x', '', 'training')))).toEqual(['refuse randomness']);
});

it('stays quick on many bodies beside many constants', () => {
  const count = 1_000;
  const body: GraphSource = { inputs: [], outputs: [], operations: [] };
  const wide: GraphSource = {
    ...sumGraph(),
    initializers: Array.from({ length: 20 * count }, (_, at) => integers(`c${at}`, [at])),
    operations: Array.from({ length: count }, (_, at) => ({
      type: 'If',
      inputs: ['x'],
      outputs: [`y${at}`],
      attributes: { then_branch: { graph: body }, else_branch: { graph: body } },
    })),
  };
  // Copying the constants for each body would be 40 million entries.
  expect(scan(wide)).toEqual([]);
});

it('warns of loops, and looks into their bodies', () => {
  expect(rules(scan(runawayGraph()))).toEqual(['warn loop']);
  const [loop] = runawayGraph().operations;
  const body = loop?.attributes?.body;
  if (typeof body !== 'object' || !('graph' in body) || !loop)
    throw new Error('the fixture has changed');
  const hidden: GraphSource = {
    ...runawayGraph(),
    operations: [
      {
        ...loop,
        attributes: {
          body: {
            graph: {
              ...body.graph,
              operations: [
                ...body.graph.operations,
                { type: 'Summon', inputs: [], outputs: ['z'], domain: 'com.example' },
              ],
            },
          },
        },
      },
    ],
  };
  expect(rules(scan(hidden))).toContain('refuse operator domain');
});

it('refuses to read deep nesting and damaged files, without running out of stack', () => {
  expect(() => readModel(writeModel(nestedGraph(600)))).toThrow('nested deeper than 16');
  expect(() => readModel(Buffer.from('not a model'))).toThrow(/./);
  expect(() => readModel(new Uint8Array())).toThrow('not an ONNX model');
});

it('survives any flipped or missing byte: a fault or a model, never anything else', () => {
  const bytes = writeModel(runawayGraph());
  for (let at = 0; at < bytes.byteLength; at++) {
    const flipped = Buffer.from(bytes);
    flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8));
    for (const damaged of [flipped, bytes.subarray(0, at)]) {
      try {
        scanGraph(readModel(damaged), MANIFEST);
      } catch (error) {
        expect((error as Error).name).toBe('ProtobufFault');
      }
    }
  }
});
