import type { Image } from './read-image.ts';

/** Bilinear with pixel centres aligned, as image libraries do by default. */
export function resizeImage(image: Image, width: number, height: number): Image {
  if (image.width === width && image.height === height) return image;
  const rgb = new Uint8Array(width * height * 3);
  const columns = axisWeights(image.width, width);
  const rows = axisWeights(image.height, height);
  for (let y = 0; y < height; y++) {
    const row = rows[y] ?? NOWHERE;
    for (let x = 0; x < width; x++) {
      const column = columns[x] ?? NOWHERE;
      for (let colour = 0; colour < 3; colour++)
        rgb[(y * width + x) * 3 + colour] = blend(image, row, column, colour);
    }
  }
  return { width, height, rgb };
}

interface Weight {
  readonly low: number;
  readonly high: number;
  readonly part: number;
}
const NOWHERE: Weight = { low: 0, high: 0, part: 0 };

function axisWeights(from: number, to: number): Weight[] {
  return Array.from({ length: to }, (_, index) => {
    const position = Math.max(0, ((index + 0.5) * from) / to - 0.5);
    const low = Math.min(from - 1, Math.floor(position));
    return { low, high: Math.min(from - 1, low + 1), part: position - low };
  });
}

function blend({ rgb, width }: Image, row: Weight, column: Weight, colour: number): number {
  const at = (y: number, x: number): number => rgb[(y * width + x) * 3 + colour] ?? 0;
  const top = at(row.low, column.low) * (1 - column.part) + at(row.low, column.high) * column.part;
  const bottom =
    at(row.high, column.low) * (1 - column.part) + at(row.high, column.high) * column.part;
  return Math.round(top * (1 - row.part) + bottom * row.part);
}
