import type { OnnxGraph, OnnxOperation } from './onnx/onnx-model.ts';

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
/** A shape has a handful of dimensions; joining more than this is not one. */
const LONGEST_SHAPE = 64;

/** Integer constants by name. A body sees those of the graphs around it, never the other way round. */
interface Scope {
  readonly own: Map<string, readonly number[]>;
  readonly outer: Scope | undefined;
}

/**
 * The largest tensor that the graph's own constants ask for: a file of 300 bytes may hold the shape of gigabytes. It
 * follows integer constants through the operators that hand them on; what depends on inputs is left to the memory limit.
 */
export function largestConstant(graph: OnnxGraph, outer?: Scope): Volume {
  const scope: Scope = { own: new Map(), outer };
  let largest: Volume = { elements: 0, operation: 'an initializer' };
  const weigh = (candidate: Volume): void => {
    if (candidate.elements > largest.elements) largest = candidate;
  };
  for (const { name, integers, shape } of graph.initializers) {
    if (integers) scope.own.set(name, integers);
    weigh({ elements: product(shape), operation: 'an initializer' });
  }
  for (const operation of graph.operations) {
    propagate(operation, scope);
    weigh(volumeOf(operation, scope));
    for (const body of operation.graphs) weigh(largestConstant(body, scope));
  }
  return largest;
}

function lookUp(name: string | undefined, scope: Scope): readonly number[] | undefined {
  if (name === undefined) return undefined;
  for (let at: Scope | undefined = scope; at; at = at.outer) {
    const known = at.own.get(name);
    if (known) return known;
  }
  return undefined;
}

function propagate(
  { type, inputs, outputs, tensors, attributes }: OnnxOperation,
  scope: Scope,
): void {
  const [output] = outputs;
  if (output === undefined) return;
  if (type === 'Constant') {
    const values =
      tensors[0]?.integers ?? attributes.get('value_ints') ?? attributes.get('value_int');
    if (values) scope.own.set(output, values);
  } else if (SHAPE_KEEPING.has(type)) {
    const shape = type === 'Concat' ? joined(inputs, scope) : lookUp(inputs[0], scope);
    if (shape) scope.own.set(output, shape);
  }
}

function joined(inputs: readonly string[], scope: Scope): readonly number[] | undefined {
  const whole: number[] = [];
  for (const name of inputs) {
    const part = lookUp(name, scope);
    if (!part || whole.length + part.length > LONGEST_SHAPE) return undefined;
    whole.push(...part);
  }
  return whole;
}

function volumeOf({ type, inputs, tensors }: OnnxOperation, scope: Scope): Volume {
  let elements = 0;
  for (const { shape } of tensors) elements = Math.max(elements, product(shape));
  if (type === 'Range') {
    const [from, to, step] = inputs.map((name) => lookUp(name, scope)?.[0]);
    if (from !== undefined && to !== undefined && step) elements = Math.abs((to - from) / step);
  }
  const at = SHAPED_BY[type];
  const shape = at === undefined ? undefined : lookUp(inputs[at], scope);
  if (shape) elements = Math.max(elements, product(shape.map((size) => Math.max(1, size))));
  return { elements, operation: type };
}

function product(dimensions: readonly number[]): number {
  return dimensions.reduce((result, dimension) => result * dimension, 1);
}
