import { bytesField, floatField, varintField } from './protobuf-writer.ts';

/** ONNX element types this writer knows. */
export const ELEMENT = {
  float: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  string: 8,
  bool: 9,
  float16: 10,
  double: 11,
} as const;
export type Element = (typeof ELEMENT)[keyof typeof ELEMENT];

export type Attribute =
  | number
  | readonly number[]
  | string
  | { readonly float: number }
  | { readonly tensor: TensorSource }
  | { readonly graph: GraphSource };

export interface TensorSource {
  readonly name: string;
  readonly element: Element;
  readonly shape: readonly number[];
  /** Raw little-endian data, or where it lies outside the file. */
  readonly data:
    | Uint8Array
    | { readonly location: string; readonly offset?: number; readonly length?: number };
}

export interface OperationSource {
  readonly type: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly domain?: string;
}

export interface ValueSource {
  readonly name: string;
  readonly element: Element;
  /** A text names an open dimension. */
  readonly shape: readonly (number | string)[];
}

export interface GraphSource {
  readonly operations: readonly OperationSource[];
  readonly inputs: readonly ValueSource[];
  readonly outputs: readonly ValueSource[];
  readonly initializers?: readonly TensorSource[];
}

/** ONNX bytes of a graph; ONNX Runtime loads them as they are. */
export function writeModel(
  graph: GraphSource,
  options: { opset?: number; domains?: Readonly<Record<string, number>> } = {},
): Buffer {
  const imports = { '': options.opset ?? 17, ...options.domains };
  return Buffer.concat([
    varintField(1, 8),
    bytesField(2, 'assay'),
    bytesField(7, graphBytes(graph)),
    ...Object.entries(imports).map(([domain, version]) =>
      bytesField(8, Buffer.concat([bytesField(1, domain), varintField(2, version)])),
    ),
  ]);
}

function graphBytes({ operations, inputs, outputs, initializers = [] }: GraphSource): Buffer {
  return Buffer.concat([
    ...operations.map((operation, index) => bytesField(1, operationBytes(operation, index))),
    bytesField(2, 'graph'),
    ...initializers.map((tensor) => bytesField(5, tensorBytes(tensor))),
    ...inputs.map((value) => bytesField(11, valueBytes(value))),
    ...outputs.map((value) => bytesField(12, valueBytes(value))),
  ]);
}

function operationBytes(
  { type, inputs, outputs, attributes = {}, domain }: OperationSource,
  index: number,
): Buffer {
  return Buffer.concat([
    ...inputs.map((name) => bytesField(1, name)),
    ...outputs.map((name) => bytesField(2, name)),
    bytesField(3, `${type}_${index}`),
    bytesField(4, type),
    ...Object.entries(attributes).map(([name, value]) =>
      bytesField(5, attributeBytes(name, value)),
    ),
    ...(domain === undefined ? [] : [bytesField(7, domain)]),
  ]);
}

const ATTRIBUTE = { float: 1, int: 2, string: 3, tensor: 4, graph: 5, ints: 7 } as const;

function attributeBytes(name: string, value: Attribute): Buffer {
  const typed = (type: number, ...fields: Buffer[]): Buffer =>
    Buffer.concat([bytesField(1, name), ...fields, varintField(20, type)]);
  if (typeof value === 'number') return typed(ATTRIBUTE.int, varintField(3, value));
  if (typeof value === 'string') return typed(ATTRIBUTE.string, bytesField(4, value));
  if ('float' in value) return typed(ATTRIBUTE.float, floatField(2, value.float));
  if ('tensor' in value) return typed(ATTRIBUTE.tensor, bytesField(5, tensorBytes(value.tensor)));
  if ('graph' in value) return typed(ATTRIBUTE.graph, bytesField(6, graphBytes(value.graph)));
  return typed(ATTRIBUTE.ints, ...value.map((item) => varintField(8, item)));
}

function tensorBytes({ name, element, shape, data }: TensorSource): Buffer {
  const head = [
    ...shape.map((dimension) => varintField(1, dimension)),
    varintField(2, element),
    bytesField(8, name),
  ];
  if (data instanceof Uint8Array) return Buffer.concat([...head, bytesField(9, data)]);
  const entries = Object.entries({
    location: data.location,
    offset: data.offset,
    length: data.length,
  }).filter(([, value]) => value !== undefined);
  return Buffer.concat([
    ...head,
    ...entries.map(([key, value]) =>
      bytesField(13, Buffer.concat([bytesField(1, key), bytesField(2, String(value))])),
    ),
    varintField(14, 1),
  ]);
}

function valueBytes({ name, element, shape }: ValueSource): Buffer {
  const dimensions = shape.map((dimension) =>
    bytesField(
      1,
      typeof dimension === 'number' ? varintField(1, dimension) : bytesField(2, dimension),
    ),
  );
  const tensorType = Buffer.concat([
    varintField(1, element),
    bytesField(2, Buffer.concat(dimensions)),
  ]);
  return Buffer.concat([bytesField(1, name), bytesField(2, bytesField(1, tensorType))]);
}

/** A float tensor for `initializers`. */
export function floats(name: string, shape: readonly number[], values: Float32Array): TensorSource {
  return {
    name,
    element: ELEMENT.float,
    shape,
    data: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  };
}

/** An int64 tensor for `initializers`: shapes, axes, indices. */
export function integers(
  name: string,
  values: readonly number[],
  shape: readonly number[] = [values.length],
): TensorSource {
  return {
    name,
    element: ELEMENT.int64,
    shape,
    data: new Uint8Array(BigInt64Array.from(values, BigInt).buffer),
  };
}
