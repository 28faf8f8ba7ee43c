import type { Tensor } from '@assay/wire';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { encodeFrame, FrameReader } from './frame.ts';

const bytes = (...parts: readonly Uint8Array[]) => Buffer.concat(parts);
const tensor = fc.record({
  name: fc.string({ minLength: 1, maxLength: 20 }),
  datatype: fc.constantFrom('FP32' as const, 'UINT8' as const),
  shape: fc.array(fc.nat(100), { maxLength: 4 }),
  data: fc.uint8Array({ maxLength: 200 }),
});

it('frames come out as they went in, however the socket cuts them', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(tensor, { maxLength: 3 }), { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 97 }),
      (frames, step) => {
        const wire = bytes(...frames.flatMap((tensors, index) => encodeFrame({ index }, tensors)));
        const reader = new FrameReader();
        const read = [];
        for (let at = 0; at < wire.byteLength; at += step)
          read.push(...reader.push(wire.subarray(at, at + step)));
        expect(read.map(({ message }) => message)).toEqual(frames.map((_, index) => ({ index })));
        expect(read.map(({ tensors }) => tensors.map(({ data }) => [...data]))).toEqual(
          frames.map((tensors) => tensors.map(({ data }) => [...data])),
        );
        for (const { tensors } of read)
          for (const { data } of tensors) expect(data.byteOffset % 8).toBe(0);
      },
    ),
  );
});

it('what the arena has a place for is in the arena, and nothing else', () => {
  const placed: Uint8Array[] = [];
  const place = (data: Uint8Array): number | undefined =>
    data.byteLength > 50 ? placed.push(data) - 1 : undefined;
  const wire = (tensors: readonly Tensor[]): Buffer =>
    bytes(...encodeFrame({}, tensors, { place, turn: () => {} }));
  fc.assert(
    fc.property(fc.array(tensor, { maxLength: 5 }), (tensors) => {
      placed.length = 0;
      const reader = new FrameReader(undefined, (at) => placed[at] ?? new Uint8Array());
      const [read] = [...reader.push(wire(tensors))];
      expect(read?.tensors).toEqual(tensors.map((each) => ({ ...each, data: expect.anything() })));
      expect(read?.tensors.map(({ data }) => [...data])).toEqual(tensors.map((t) => [...t.data]));
      expect(placed.length).toBe(tensors.filter(({ data }) => data.byteLength > 50).length);
    }),
  );
  const large = { name: 'x', datatype: 'UINT8', shape: [60], data: new Uint8Array(60) } as const;
  expect(() => [...new FrameReader().push(wire([large]))]).toThrow(RangeError);
});

it('what a frame says is in the arena is no more than a turn of it holds', () => {
  const place = (data: Uint8Array): number => data.byteLength;
  let taken = 0;
  const read = (_: number, length: number): Uint8Array => {
    taken += length;
    return new Uint8Array();
  };
  const data = new Uint8Array(6 * 1024 ** 2);
  const tensors = Array.from(
    { length: 100 },
    () => ({ name: 'x', datatype: 'UINT8', shape: [data.byteLength], data }) as const,
  );
  const wire = bytes(...encodeFrame({}, tensors, { place, turn: () => {} }));
  expect(() => [...new FrameReader(undefined, read).push(wire)]).toThrow(RangeError);
  expect(taken).toBeLessThanOrEqual(16 * 1024 ** 2);
});

it('refuses lengths beyond its limit before it takes memory for them', () => {
  const huge = Buffer.alloc(4);
  huge.writeUInt32LE(0xffff_fff0);
  expect(() => [...new FrameReader(1_000).push(huge)]).toThrow(RangeError);
});

it('random and damaged bytes end in an error or in silence, never in anything else', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 1, maxLength: 300 }),
      fc.array(tensor, { maxLength: 2 }),
      fc.nat(),
      (noise, tensors, place) => {
        const wire = bytes(...encodeFrame({ type: 'run' }, tensors));
        wire.set(
          noise.subarray(0, wire.byteLength),
          place % wire.byteLength > wire.byteLength - noise.byteLength
            ? 0
            : place % wire.byteLength,
        );
        for (const damaged of [noise, wire]) {
          try {
            for (const frame of new FrameReader(10_000).push(damaged))
              expect(Array.isArray(frame.tensors)).toBe(true);
          } catch (error) {
            expect(error instanceof RangeError || error instanceof SyntaxError).toBe(true);
          }
        }
      },
    ),
  );
});

it('refuses to write a frame that no reader takes', () => {
  // One buffer for all: only its length counts.
  const data = new Uint8Array(128 * 1024 ** 2);
  const tensors = Array.from(
    { length: 8 },
    () => ({ name: 'x', datatype: 'UINT8', shape: [data.byteLength], data }) as const,
  );
  expect(() => encodeFrame({}, tensors)).toThrow(RangeError);
  expect(() => encodeFrame({}, tensors.slice(1))).not.toThrow();
});
