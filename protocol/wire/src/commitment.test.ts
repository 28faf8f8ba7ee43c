import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sha256 } from './bytes.ts';
import {
  chainReceipts,
  EMPTY_RECEIPTS,
  fingerprintHash,
  inputRoot,
  LEAF_BYTES,
  leavesRoot,
  outputRoot,
  promptTensor,
} from './commitment.ts';
import { canonicalJson } from './manifest.ts';
import { type Tensor, tensorFault } from './tensor.ts';

const salt = new Uint8Array(16).fill(9);
const tensor = (data: Uint8Array, over: Partial<Tensor> = {}): Tensor => ({
  name: 'x',
  datatype: 'UINT8',
  shape: [data.byteLength],
  data,
  ...over,
});

test('one leaf is its tagged hash; an odd leaf rises unchanged', () => {
  const leaf = (fill: number) => new Uint8Array(LEAF_BYTES).fill(fill);
  const hashOf = (data: Uint8Array) => sha256(Buffer.from([0]), data);
  const inner = (left: Buffer, right: Buffer) => sha256(Buffer.from([1]), left, right);
  expect(leavesRoot(leaf(1))).toEqual(hashOf(leaf(1)));
  expect(leavesRoot(Buffer.concat([leaf(1), leaf(2), leaf(3)]))).toEqual(
    inner(inner(hashOf(leaf(1)), hashOf(leaf(2))), hashOf(leaf(3))),
  );
});

test('the tree is the one its definition gives, for any length', () => {
  const above = (level: readonly Buffer[]): Buffer[] =>
    level.flatMap((left, index) => {
      const right = level[index + 1];
      if (index % 2 === 1) return [];
      return [right ? sha256(Buffer.from([1]), left, right) : left];
    });
  const root = (level: readonly Buffer[]): Buffer | undefined =>
    level.length > 1 ? root(above(level)) : level[0];
  fc.assert(
    fc.property(fc.nat(70_000), fc.nat(255), (length, seed) => {
      const data = Uint8Array.from({ length }, (_, index) => (index * 31 + seed) >> 3);
      const count = Math.max(1, Math.ceil(length / LEAF_BYTES));
      const leaves = Array.from({ length: count }, (_, leaf) =>
        sha256(Buffer.from([0]), data.subarray(leaf * LEAF_BYTES, (leaf + 1) * LEAF_BYTES)),
      );
      expect(leavesRoot(data)).toEqual(root(leaves));
    }),
  );
});

test('any change of data, shape, datatype, name, salt or params changes the root', () => {
  const data = new Uint8Array([1, 2, 3, 4]);
  const roots = [
    inputRoot(salt, {}, [tensor(data)]),
    inputRoot(salt, {}, [tensor(new Uint8Array([1, 2, 3, 5]))]),
    inputRoot(salt, {}, [tensor(data, { shape: [2, 2] })]),
    inputRoot(salt, {}, [tensor(data, { datatype: 'INT8' })]),
    inputRoot(salt, {}, [tensor(data, { name: 'y' })]),
    inputRoot(new Uint8Array(16), {}, [tensor(data)]),
    inputRoot(salt, { seed: '1' }, [tensor(data)]),
    inputRoot(salt, {}, [tensor(data), tensor(data)]),
    outputRoot([tensor(data)]),
  ];
  expect(new Set(roots).size).toBe(roots.length);
});

test('a prompt is a well-formed BYTES tensor', () => {
  fc.assert(
    fc.property(fc.string(), (prompt) => {
      expect(tensorFault(promptTensor(prompt))).toBeUndefined();
    }),
  );
});

test('canonical JSON does not depend on the order of keys', () => {
  expect(canonicalJson({ b: [1, { d: 1, c: undefined }], a: 'é' })).toBe(
    '{"a":"é","b":[1,{"d":1}]}',
  );
});

test('fingerprints and receipt chains depend on every part', () => {
  const lanes = new Int32Array(16).fill(-5);
  expect(fingerprintHash(lanes, salt)).not.toBe(fingerprintHash(lanes, new Uint8Array(16)));
  expect(() => fingerprintHash(new Int32Array(15), salt)).toThrow(RangeError);
  const a = EMPTY_RECEIPTS.replace(/0$/, '1') as typeof EMPTY_RECEIPTS;
  expect(chainReceipts(chainReceipts(EMPTY_RECEIPTS, [a]), [a])).toBe(
    chainReceipts(EMPTY_RECEIPTS, [a, a]),
  );
});
