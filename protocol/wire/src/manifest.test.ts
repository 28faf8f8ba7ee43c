import { AbiCoder, keccak256 } from 'ethers';
import { expect, test } from 'vitest';
import { type Manifest, manifestBytes, modelIdOf, parseManifest } from './manifest.ts';

const manifest: Manifest = {
  name: 'char-lm',
  version: '1',
  task: 'text-generation',
  tags: ['text'],
  unit: 'token',
  licence: 'Apache-2.0',
  files: [{ path: 'model.onnx', role: 'model', sha256: `0x${'11'.repeat(32)}`, bytes: 10 }],
  inputs: [],
  outputs: [],
  state: [],
  opset: 17,
  ops: ['ai.onnx:MatMul'],
  peakMemoryBytes: 1,
  parameters: {},
  classes: [],
};

test('canonical bytes parse back to the same manifest', () => {
  expect(parseManifest(manifestBytes(manifest))).toEqual(manifest);
});

test.each([
  ['not JSON', Buffer.from('{')],
  ['an unknown field', Buffer.from(JSON.stringify({ ...manifest, extra: 1 }))],
  [
    'a path that escapes',
    Buffer.from(JSON.stringify({ ...manifest, files: [{ ...manifest.files[0], path: '../x' }] })),
  ],
  [
    'two models',
    Buffer.from(JSON.stringify({ ...manifest, files: [manifest.files[0], manifest.files[0]] })),
  ],
])('refuses %s', (_, bytes) => {
  expect(() => parseManifest(bytes)).toThrow(expect.objectContaining({ code: 'M600' }));
});

test.each(['a//b', './a', 'a/./b', 'model.onnx', 'model.onnx/data'])(
  'refuses a second file at %s, which is or may be the first one’s place',
  (path) => {
    const files = [manifest.files[0], { ...manifest.files[0], role: 'data', path }];
    expect(() => parseManifest(Buffer.from(JSON.stringify({ ...manifest, files })))).toThrow(
      expect.objectContaining({ code: 'M600' }),
    );
  },
);

test('a manifest over 8 KiB is refused', () => {
  expect(() => parseManifest(Buffer.alloc(9 * 1024))).toThrow(
    expect.objectContaining({ code: 'M601' }),
  );
});

test('modelId is keccak256(abi.encode(publisher, hash))', () => {
  const publisher = `0x${'aa'.repeat(20)}` as const;
  const hash = `0x${'bb'.repeat(32)}` as const;
  expect(modelIdOf(publisher, hash)).toBe(
    keccak256(AbiCoder.defaultAbiCoder().encode(['address', 'bytes32'], [publisher, hash])),
  );
});
