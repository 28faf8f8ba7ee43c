/** Draws an index in proportion to its weight, in constant time (Vose's alias method). */
export interface AliasTable {
  readonly size: number;
  /** `first` and `second` are uniform in [0, 1). */
  draw(first: number, second: number): number;
}

export function createAliasTable(weights: Float64Array): AliasTable {
  const size = weights.length;
  const threshold = new Float64Array(size).fill(1);
  const alias = new Int32Array(size);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const scaled = weights.map((weight) => (total > 0 ? (weight * size) / total : 1));
  const small: number[] = [];
  const large: number[] = [];
  for (let index = 0; index < size; index++) (at(scaled, index) < 1 ? small : large).push(index);
  while (small.length > 0 && large.length > 0) {
    const [less, more] = [small.pop() as number, large.pop() as number];
    threshold[less] = at(scaled, less);
    alias[less] = more;
    scaled[more] = at(scaled, more) + at(scaled, less) - 1;
    (at(scaled, more) < 1 ? small : large).push(more);
  }
  return {
    size,
    draw(first, second) {
      const index = Math.min(size - 1, Math.floor(first * size));
      return second < at(threshold, index) ? index : at(alias, index);
    },
  };
}

function at(array: Float64Array | Int32Array, index: number): number {
  return array[index] as number;
}
