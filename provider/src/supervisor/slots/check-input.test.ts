import { type Manifest, manifestSchema, TENSOR_LIMITS, type Tensor } from '@assay/wire';
import { expect, it } from 'vitest';
import { checkInput } from './check-input.ts';

const manifest: Manifest = manifestSchema.parse({
  name: 'm',
  version: '1',
  task: 'tensor',
  unit: 'request',
  licence: 'MIT',
  files: [{ path: 'model.onnx', role: 'model', sha256: `0x${'0'.repeat(64)}`, bytes: 1 }],
  inputs: [
    { name: 'x', datatype: 'FP32', shape: [-1, 2] },
    { name: 'on', datatype: 'BOOL', shape: [1] },
  ],
  outputs: [],
  opset: 17,
  ops: [],
  peakMemoryBytes: 1,
});
const on: Tensor = { name: 'on', datatype: 'BOOL', shape: [1], data: Uint8Array.of(1) };
const x = (change: Partial<Tensor> = {}): Tensor => ({
  name: 'x',
  datatype: 'FP32',
  shape: [3, 2],
  data: new Uint8Array(24),
  ...change,
});
const check = (...tensors: Tensor[]) =>
  checkInput(manifest, { modelId: '', params: {}, input: { kind: 'tensors', tensors } });

it('takes what the manifest describes', () => {
  expect(() => check(x(), on)).not.toThrow();
});

it.each<[string, string, Tensor[], object]>([
  ['a missing tensor', 'I102', [x()], { input: 'on', reason: 'missing' }],
  ['a tensor too many', 'I102', [x(), on, x({ name: 'y' })], { input: 'y' }],
  ['a tensor sent twice', 'I102', [x(), x(), on], { reason: 'sent more than once' }],
  ['another datatype', 'I102', [x({ datatype: 'INT32' }), on], { got: 'INT32 [3, 2]' }],
  ['another rank', 'I102', [x({ shape: [6] }), on], { expected: 'FP32 [-1, 2]' }],
  ['another size of a fixed dimension', 'I102', [x({ shape: [2, 3] }), on], { got: 'FP32 [2, 3]' }],
  ['an empty dimension', 'I102', [x({ shape: [0, 2], data: new Uint8Array() }), on], { axis: 0 }],
  ['too few bytes', 'I103', [x({ data: new Uint8Array(20) }), on], { input: 'x' }],
  [
    'more elements than any tensor may have',
    'I103',
    [x({ shape: [TENSOR_LIMITS.elements, 2] }), on],
    { reason: expect.stringContaining(`more than ${TENSOR_LIMITS.elements}`) },
  ],
])('refuses %s', (_, code, tensors, details) => {
  expect(() => check(...tensors)).toThrow(
    expect.objectContaining({ code, details: expect.objectContaining(details) }),
  );
});

it('refuses text where tensors belong', () => {
  expect(() =>
    checkInput(manifest, { modelId: '', params: {}, input: { kind: 'text', prompt: 'hello' } }),
  ).toThrow(expect.objectContaining({ code: 'I102' }));
});

it('refuses tensors that no frame to a child could hold, naming the limit', () => {
  // One buffer for all: only its length counts.
  const data = new Uint8Array(128 * 1024 ** 2);
  const many = Array.from({ length: 8 }, (_, at) => x({ name: `x${at}`, data }));
  expect(() => check(...many)).toThrow(
    expect.objectContaining({
      code: 'I103',
      details: expect.objectContaining({ bytes: 2 ** 30, limitBytes: 2 ** 30 - 2 ** 24 }),
    }),
  );
});
