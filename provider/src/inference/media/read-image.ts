import { convertIndexedToRgb, decode } from 'fast-png';
import { InferenceFault } from '../inference-fault.ts';

/** Interleaved 8-bit RGB, transparent pixels on white. */
export interface Image {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** Decodes a PNG of at most `maxPixels`; the size is read from the header before anything is inflated. Throws P303. */
export function readImage(bytes: Uint8Array, maxPixels: number): Image {
  if (bytes.byteLength < 33 || SIGNATURE.some((byte, index) => bytes[index] !== byte))
    throw refuse('the image is not a PNG');
  const header = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const width = header.getUint32(16);
  const height = header.getUint32(20);
  if (width === 0 || height === 0) throw refuse('the image is empty', { width, height });
  if (width * height > maxPixels)
    throw refuse('the image is too large', { width, height, limitPixels: maxPixels });
  return { width, height, rgb: decodeRgb(bytes, width * height) };
}

function refuse(reason: string, details: object = {}, cause?: unknown): InferenceFault {
  return new InferenceFault('P303', {
    cause,
    details: { input: 'image', reason, ...details },
    hint: 'Send an ordinary PNG file.',
  });
}

function decodeRgb(bytes: Uint8Array, pixels: number): Uint8Array {
  try {
    const png = decode(bytes);
    if (png.palette)
      return toRgb(convertIndexedToRgb(png), (png.palette[0]?.length ?? 3) as number, 255, pixels);
    const data = png.depth < 8 ? unpackBits(png.data, png.width, png.depth) : png.data;
    return toRgb(data, png.channels, 2 ** png.depth - 1, pixels);
  } catch (cause) {
    if (cause instanceof InferenceFault) throw cause;
    throw refuse('the PNG is damaged', {}, cause);
  }
}

/** Gray images of 1, 2 or 4 bits come packed, each row starting on a byte. */
function unpackBits(packed: ArrayLike<number>, width: number, depth: number): Uint8Array {
  const rowBytes = Math.ceil((width * depth) / 8);
  const rows = Math.floor(packed.length / rowBytes);
  const mask = 2 ** depth - 1;
  return Uint8Array.from({ length: rows * width }, (_, index) => {
    const bit = (index % width) * depth;
    const byte = packed[Math.floor(index / width) * rowBytes + (bit >> 3)] ?? 0;
    return (byte >> (8 - depth - (bit & 7))) & mask;
  });
}

function toRgb(data: ArrayLike<number>, channels: number, max: number, pixels: number): Uint8Array {
  if (data.length < pixels * channels) throw refuse('the PNG is shorter than its size says');
  const rgb = new Uint8Array(pixels * 3);
  const gray = channels < 3;
  const alphaAt = channels % 2 === 0 ? channels - 1 : -1;
  for (let pixel = 0; pixel < pixels; pixel++) {
    const alpha = alphaAt < 0 ? 1 : (data[pixel * channels + alphaAt] ?? 0) / max;
    for (let colour = 0; colour < 3; colour++) {
      const value = (data[pixel * channels + (gray ? 0 : colour)] ?? 0) / max;
      rgb[pixel * 3 + colour] = Math.round(255 * (value * alpha + 1 - alpha));
    }
  }
  return rgb;
}
