import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toHex } from './bytes.ts';
import { AssayError } from './errors.ts';
import { packTensors, unpackTensors } from './frame-tensors.ts';
import { decodeFrame, encodeFrame, FRAMES, LINK_LIMITS } from './link-frames.ts';

const ticket = toHex(new Uint8Array(32).fill(1));

test('a chunk with tensors survives the wire', () => {
  const tensors = [
    { name: 'a', datatype: 'FP32', shape: [2], data: new Uint8Array(8).fill(3) },
    { name: 'b', datatype: 'UINT8', shape: [0], data: new Uint8Array(0) },
  ] as const;
  const { headers, body } = packTensors(tensors);
  const frame = decodeFrame(
    encodeFrame('chunk', { ticket, index: 0, units: '1', tensors: headers }, body),
  );
  if (frame.name !== 'chunk') throw new Error(`decoded as ${frame.name}`);
  const received = unpackTensors(frame.meta.tensors ?? [], frame.body);
  expect(received.map((tensor) => ('data' in tensor ? [...tensor.data] : []))).toEqual([
    [...tensors[0].data],
    [],
  ]);
});

test('types of frames are unique', () => {
  const types = Object.values(FRAMES).map(({ type }) => type);
  expect(new Set(types).size).toBe(types.length);
});

test('arbitrary and truncated bytes are refused with a typed error', () => {
  const good = encodeFrame('started', { ticket, time: 5 });
  const mutants = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.nat(good.byteLength - 1).map((length) => good.subarray(0, length)),
    fc.tuple(fc.nat(good.byteLength - 1), fc.nat(255)).map(([at, value]) => {
      const copy = Buffer.from(good);
      copy[at] = value;
      return copy;
    }),
  );
  fc.assert(
    fc.property(mutants, (bytes) => {
      try {
        expect(decodeFrame(bytes).name).toBeTypeOf('string');
      } catch (error) {
        expect(error).toBeInstanceOf(AssayError);
      }
    }),
    { numRuns: 2_000 },
  );
});

test('says which field of a frame is wrong', () => {
  const frame = encodeFrame('receiptAck', { ticket: '0x12' });
  expect(() => decodeFrame(frame)).toThrow(expect.objectContaining({ code: 'L700' }));
  const huge = Buffer.alloc(LINK_LIMITS.frameBytes + 1);
  expect(() => decodeFrame(huge)).toThrow(expect.objectContaining({ code: 'L700' }));
});

test('a body that does not fit its tensors is refused', () => {
  const header = { name: 'a', datatype: 'FP32', shape: [2], bytes: 8 } as const;
  const headers = [{ ...header, shape: [...header.shape] }];
  expect(() => unpackTensors(headers, new Uint8Array(9))).toThrow(AssayError);
  expect(() => unpackTensors(headers, new Uint8Array(4))).toThrow(AssayError);
});
