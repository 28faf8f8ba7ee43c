export type Pooling = 'mean' | 'cls' | 'last';

interface PoolOptions {
  /** 1 for a token, 0 for padding: rows x length. */
  readonly mask: Float32Array;
  readonly length: number;
  readonly width: number;
  readonly pooling: Pooling;
}

/** One vector per text from the vectors of its tokens; padding never counts. */
export function poolRows(hidden: Float32Array, options: PoolOptions): Float32Array<ArrayBuffer> {
  const { mask, length, width, pooling } = options;
  const rows = mask.length / length;
  const pooled = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++) {
    const shown = mask.subarray(row * length, (row + 1) * length);
    const places =
      pooling === 'mean'
        ? [...shown.keys()].filter((place) => shown[place] === 1)
        : [pooling === 'cls' ? 0 : shown.lastIndexOf(1)];
    for (const place of places)
      add(
        pooled,
        row * width,
        hidden.subarray((row * length + place) * width, (row * length + place + 1) * width),
        places.length,
      );
  }
  return pooled;
}

function add(into: Float32Array, offset: number, vector: Float32Array, parts: number): void {
  for (let index = 0; index < vector.length; index++)
    into[offset + index] = (into[offset + index] ?? 0) + (vector[index] ?? 0) / parts;
}

/** Each row at length 1; a zero row stays zero. */
export function normaliseRows(
  rows: Float32Array<ArrayBuffer>,
  width: number,
): Float32Array<ArrayBuffer> {
  for (let start = 0; start < rows.length; start += width) {
    const row = rows.subarray(start, start + width);
    const norm = Math.hypot(...row);
    if (norm > 0)
      for (let index = 0; index < row.length; index++) row[index] = (row[index] ?? 0) / norm;
  }
  return rows;
}
