import fc from 'fast-check';
import { encode } from 'fast-png';
import { expect, it } from 'vitest';
import { InferenceFault } from '../inference-fault.ts';
import { readImage } from './read-image.ts';
import { readWav } from './read-wav.ts';
import { resample } from './resample.ts';
import { resizeImage } from './resize-image.ts';

function wav({
  encoding = 1,
  channels = 1,
  rate = 16_000,
  bits = 16,
  data = Buffer.alloc(0),
}: {
  encoding?: number;
  channels?: number;
  rate?: number;
  bits?: number;
  data?: Buffer;
}) {
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(encoding, 20);
  head.writeUInt16LE(channels, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE((rate * channels * bits) / 8, 28);
  head.writeUInt16LE((channels * bits) / 8, 32);
  head.writeUInt16LE(bits, 34);
  head.write('data', 36);
  head.writeUInt32LE(data.byteLength, 40);
  return Buffer.concat([head, data]);
}

it('reads 8, 16, 24 and 32 bits and floats, mixing channels', () => {
  const half = { 8: [192], 16: [0, 64], 24: [0, 0, 64], 32: [0, 0, 0, 64] } as const;
  for (const [bits, sample] of Object.entries(half)) {
    const { samples } = readWav(
      wav({ bits: Number(bits), channels: 2, data: Buffer.from([...sample, ...sample]) }),
      10,
    );
    expect([...samples]).toEqual([0.5]);
  }
  const float = Buffer.alloc(8);
  float.writeFloatLE(-0.25, 0);
  float.writeFloatLE(Number.NaN, 4);
  expect([...readWav(wav({ encoding: 3, bits: 32, data: float }), 10).samples]).toEqual([-0.25, 0]);
});

it('refuses what is no WAVE, what it cannot decode and what is too long, naming the limit', () => {
  expect(() => readWav(Buffer.from('ID3'), 10)).toThrow(expect.objectContaining({ code: 'P303' }));
  expect(() => readWav(wav({ encoding: 85 }), 10)).toThrow(
    expect.objectContaining({ details: expect.objectContaining({ encoding: 85 }) }),
  );
  expect(() => readWav(wav({ data: Buffer.alloc(32_000 * 11) }), 10)).toThrow(
    expect.objectContaining({ details: expect.objectContaining({ limitSeconds: 10 }) }),
  );
});

it('reads gray, colour, transparent and 1-bit pictures as RGB on white', () => {
  const one = (image: Parameters<typeof encode>[0]) => [...readImage(encode(image), 100).rgb];
  expect(one({ width: 1, height: 1, channels: 1, depth: 8, data: Uint8Array.of(7) })).toEqual([
    7, 7, 7,
  ]);
  expect(one({ width: 1, height: 1, channels: 3, depth: 8, data: Uint8Array.of(1, 2, 3) })).toEqual(
    [1, 2, 3],
  );
  expect(
    one({ width: 1, height: 1, channels: 4, depth: 8, data: Uint8Array.of(0, 0, 0, 0) }),
  ).toEqual([255, 255, 255]);
  expect(
    one({ width: 1, height: 1, channels: 1, depth: 16, data: Uint16Array.of(65_535) }),
  ).toEqual([255, 255, 255]);
});

it('refuses a picture by the size in its header, before inflating it', () => {
  const png = encode({ width: 20, height: 20, channels: 1, depth: 8, data: new Uint8Array(400) });
  expect(() => readImage(png, 399)).toThrow(
    expect.objectContaining({ details: expect.objectContaining({ limitPixels: 399 }) }),
  );
  const lying = Buffer.from(png);
  lying.writeUInt32BE(10_000, 16);
  lying.writeUInt32BE(1_000, 20);
  expect(() => readImage(lying, 16_000_000)).toThrow(InferenceFault);
});

it('any damage to a file is a typed refusal', () => {
  const png = encode({
    width: 8,
    height: 8,
    channels: 3,
    depth: 8,
    data: new Uint8Array(192).fill(90),
  });
  const sound = wav({ data: Buffer.alloc(64) });
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: 255 }), fc.boolean(), (at, flip, cut) => {
      for (const [file, read] of [
        [png, (bytes: Uint8Array) => readImage(bytes, 1_000)],
        [sound, (bytes: Uint8Array) => readWav(bytes, 10)],
      ] as const) {
        const damaged = Buffer.from(file.subarray(0, cut ? at % file.byteLength : file.byteLength));
        if (damaged.byteLength > 0)
          damaged[at % damaged.byteLength] = (damaged[at % damaged.byteLength] ?? 0) ^ flip;
        try {
          read(damaged);
        } catch (error) {
          expect(error).toBeInstanceOf(InferenceFault);
        }
      }
    }),
  );
});

it('resampling keeps a tone and resizing keeps a plain picture', () => {
  const tone = Float32Array.from({ length: 48_000 }, (_, at) =>
    Math.sin((2 * Math.PI * 200 * at) / 48_000),
  );
  const slow = resample(tone, 48_000, 16_000);
  expect(slow).toHaveLength(16_000);
  for (let at = 0; at < slow.length; at += 97)
    expect(slow[at]).toBeCloseTo(Math.sin((2 * Math.PI * 200 * (at * 3 + 1)) / 48_000), 1);
  const plain = { width: 3, height: 2, rgb: new Uint8Array(18).fill(77) };
  expect([...new Set(resizeImage(plain, 7, 5).rgb)]).toEqual([77]);
});
