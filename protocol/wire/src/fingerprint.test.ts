import { createCipheriv } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toHex } from './bytes.ts';
import { fingerprintDistance, fingerprintOf, floatValues } from './fingerprint.ts';

const manifestHash = toHex(new Uint8Array(32).map((_, index) => index * 7));
const basis = { manifestHash, scale: 65_536 };

/** The definition, lane by lane, without the tables. */
function plainFingerprint(values: Float32Array): number[] {
  const key = Buffer.from(manifestHash.slice(2, 34), 'hex');
  const bytes = createCipheriv('aes-128-ctr', key, Buffer.alloc(16)).update(
    Buffer.alloc(2 * values.length),
  );
  return Array.from({ length: 16 }, (_, lane) => {
    let sum = 0;
    for (const [index, value] of values.entries()) {
      const byte = bytes[2 * index + (lane >> 3)] ?? 0;
      sum += (byte >> (lane % 8)) & 1 ? value : -value;
    }
    return Math.round((sum * basis.scale) / Math.sqrt(values.length));
  });
}

test('equals the plain projection, also over more values than one stretch of key stream', () => {
  const values = new Float32Array(70_001).map((_, index) => Math.sin(index));
  expect(
    fingerprintDistance(fingerprintOf(values, basis), plainFingerprint(values)),
  ).toBeLessThanOrEqual(1);
});

test('a known answer, so that other implementations can compare', () => {
  const values = Float32Array.of(1, -2, 3.5, 0.25);
  expect([
    ...fingerprintOf(values, { manifestHash: toHex(new Uint8Array(32)), scale: 1024 }),
  ]).toMatchInlineSnapshot(`
    [
      128,
      1152,
      3456,
      384,
      -1408,
      3456,
      1152,
      2176,
      -128,
      2432,
      -3456,
      3456,
      -3200,
      -128,
      -2432,
      1152,
    ]
  `);
});

test('no values, NaN and infinities have defined lanes', () => {
  expect([...fingerprintOf(new Float32Array(0), basis)]).toEqual(Array(16).fill(0));
  expect([...fingerprintOf(Float32Array.of(Number.NaN, 1), basis)]).toEqual([
    ...fingerprintOf(Float32Array.of(0, 1), basis),
  ]);
  const huge = [...fingerprintOf(Float32Array.of(Number.POSITIVE_INFINITY), basis)];
  expect(huge.every((lane) => lane === 2 ** 31 - 1 || lane === -(2 ** 31))).toBe(true);
});

test('one changed value of a thousand moves the lanes by its size, noise by much less', () => {
  const values = new Float32Array(1000).map((_, index) => Math.cos(index));
  const noisy = values.map((value, index) => value + (index % 2 ? 1e-6 : -1e-6));
  const changed = values.with(500, 3);
  const honest = fingerprintOf(values, basis);
  expect(fingerprintDistance(honest, fingerprintOf(noisy, basis))).toBeLessThanOrEqual(1);
  expect(fingerprintDistance(honest, fingerprintOf(changed, basis))).toBeGreaterThan(1000);
});

test('every float datatype is read, others are left out', () => {
  const half = {
    name: 'h',
    datatype: 'FP16',
    shape: [3],
    data: new Uint8Array(Uint16Array.of(0x3c00, 0xc000, 0x0001).buffer),
  } as const;
  const double = {
    name: 'd',
    datatype: 'FP64',
    shape: [1],
    data: new Uint8Array(Float64Array.of(0.5).buffer),
  } as const;
  const whole = { name: 'i', datatype: 'INT32', shape: [1], data: new Uint8Array(4) } as const;
  expect([...floatValues([half, whole, double])]).toEqual([1, -2, 2 ** -24, 0.5]);
});

test('FP32 survives whatever its alignment', () => {
  fc.assert(
    fc.property(fc.float32Array({ maxLength: 20, noNaN: true }), fc.nat(3), (values, shift) => {
      const data = new Uint8Array(values.byteLength + shift).subarray(shift);
      data.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
      expect([
        ...floatValues([{ name: 'x', datatype: 'FP32', shape: [values.length], data }]),
      ]).toEqual([...values]);
    }),
  );
});
