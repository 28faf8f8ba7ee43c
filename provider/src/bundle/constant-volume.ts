import type { OnnxGraph, OnnxOperation } from './onnx/read-model.ts';

export interface Volume {
  readonly elements: number;
  readonly operation: string;
}

/** Operators whose output takes the shape that one of their inputs spells out, and which input that is. */
const SHAPED_BY: Readonly<Record<string, number>> = {
  ConstantOfShape: 0,
  Expand: 1,
  Reshape: 1,
  Tile: 1,
  Resize: 3,
};
const SHAPE_KEEPING = new Set(['Identity', 'Cast', 'Concat', 'Unsqueeze', 'Squeeze']);

/**
 * The largest tensor that the graph's own constants ask for: a file of 300 bytes may hold the shape of gigabytes. It
 * follows integer constants through the operators that hand them on; what depends on inputs is left to the memory limit.
 */
export function largestConstant(
  graph: OnnxGraph,
  outer: ReadonlyMap<string, readonly number[]> = new Map(),
): Volume {
  const known = new Map(outer);
  for (const { name, integers } of graph.initializers) if (integers) known.set(name, integers);
  let largest: Volume = {
    elements: Math.max(0, ...graph.initializers.map(({ shape }) => product(shape))),
    operation: 'an initializer',
  };
  for (const operation of graph.operations) {
    propagate(operation, known);
    const candidates = [
      volumeOf(operation, known),
      ...operation.graphs.map((body) => largestConstant(body, known)),
    ];
    for (const candidate of candidates)
      if (candidate.elements > largest.elements) largest = candidate;
  }
  return largest;
}

function propagate(
  { type, inputs, outputs, tensors, attributes }: OnnxOperation,
  known: Map<string, readonly number[]>,
): void {
  const [output] = outputs;
  if (output === undefined) return;
  if (type === 'Constant') {
    const values =
      tensors[0]?.integers ?? attributes.get('value_ints') ?? attributes.get('value_int');
    if (values) known.set(output, values);
  } else if (SHAPE_KEEPING.has(type)) {
    const parts = inputs.map((name) => known.get(name));
    if (type !== 'Concat' && parts[0]) known.set(output, parts[0]);
    if (type === 'Concat' && parts.every((part) => part !== undefined))
      known.set(output, parts.flat());
  }
}

function volumeOf(
  { type, inputs, tensors }: OnnxOperation,
  known: ReadonlyMap<string, readonly number[]>,
): Volume {
  if (type === 'Constant')
    return {
      elements: Math.max(0, ...tensors.map(({ shape }) => product(shape))),
      operation: type,
    };
  if (type === 'Range') {
    const [from, to, step] = inputs.map((name) => known.get(name)?.[0]);
    const count = from !== undefined && to !== undefined && step ? Math.abs((to - from) / step) : 0;
    return { elements: count, operation: type };
  }
  const at = SHAPED_BY[type];
  const shape = at === undefined ? undefined : known.get(inputs[at] ?? '');
  return {
    elements: shape ? product(shape.map((dimension) => Math.max(1, dimension))) : 0,
    operation: type,
  };
}

function product(dimensions: readonly number[]): number {
  return dimensions.reduce((result, dimension) => result * dimension, 1);
}
