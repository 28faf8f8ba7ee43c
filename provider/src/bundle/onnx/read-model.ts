import {
  asBytes,
  asNumber,
  asNumbers,
  asText,
  type Field,
  ProtobufFault,
  readFields,
} from './protobuf-reader.ts';

export interface OnnxTensor {
  readonly name: string;
  readonly dataType: number;
  readonly shape: readonly number[];
  /** Bytes stored in the model file itself. */
  readonly storedBytes: number;
  /** `location` of external data, where the tensor's bytes lie in another file. */
  readonly external: string | undefined;
  /** Values of small int64 tensors (shapes), else undefined. */
  readonly integers: readonly number[] | undefined;
}

export interface OnnxValue {
  readonly name: string;
  /** ONNX element type, or undefined where the value is no plain tensor. */
  readonly dataType: number | undefined;
  /** -1 for an open dimension. */
  readonly shape: readonly number[];
}

export interface OnnxOperation {
  readonly domain: string;
  readonly type: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly tensors: readonly OnnxTensor[];
  readonly graphs: readonly OnnxGraph[];
  /** Integer and float attributes by name: enough to see seeds and shapes. */
  readonly attributes: ReadonlyMap<string, readonly number[]>;
}

export interface OnnxGraph {
  readonly operations: readonly OnnxOperation[];
  readonly initializers: readonly OnnxTensor[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

export interface OnnxModel {
  readonly irVersion: number;
  readonly opsets: ReadonlyMap<string, number>;
  readonly graph: OnnxGraph;
  readonly functions: readonly {
    readonly domain: string;
    readonly name: string;
    readonly operations: readonly OnnxOperation[];
  }[];
  readonly training: boolean;
}

/** Deeper nesting of If, Loop and Scan bodies is refused, so that no reader runs out of stack. */
const MAX_DEPTH = 16;
const MAX_OPERATIONS = 1_000_000;
const SMALL = 64;

/** Reads an ONNX file without ONNX Runtime. Throws a ProtobufFault on damaged or overly nested files. */
export function readModel(bytes: Uint8Array): OnnxModel {
  let irVersion = 0;
  let graph: OnnxGraph | undefined;
  let training = false;
  const opsets = new Map<string, number>();
  const functions: OnnxModel['functions'][number][] = [];
  const budget = { operations: MAX_OPERATIONS };
  for (const field of readFields(bytes)) {
    if (field.number === 1) irVersion = asNumber(field);
    else if (field.number === 7) graph = readGraph(asBytes(field), budget, 0);
    else if (field.number === 8) readOpset(asBytes(field), opsets);
    else if (field.number === 20) training = true;
    else if (field.number === 25) functions.push(readFunction(asBytes(field), budget));
  }
  if (!graph) throw new ProtobufFault('no graph: this is not an ONNX model');
  return { irVersion, opsets, graph, functions, training };
}

interface Budget {
  operations: number;
}

function readOpset(bytes: Uint8Array, opsets: Map<string, number>): void {
  let domain = '';
  let version = 0;
  for (const field of readFields(bytes)) {
    if (field.number === 1) domain = asText(field);
    else if (field.number === 2) version = asNumber(field);
  }
  opsets.set(domain === '' ? 'ai.onnx' : domain, version);
}

function readGraph(bytes: Uint8Array, budget: Budget, depth: number): OnnxGraph {
  if (depth > MAX_DEPTH) throw new ProtobufFault(`graphs nested deeper than ${MAX_DEPTH}`);
  const operations: OnnxOperation[] = [];
  const initializers: OnnxTensor[] = [];
  const inputs: OnnxValue[] = [];
  const outputs: OnnxValue[] = [];
  for (const field of readFields(bytes)) {
    if (field.number === 1) operations.push(readOperation(asBytes(field), budget, depth));
    else if (field.number === 5) initializers.push(readTensor(asBytes(field)));
    else if (field.number === 11) inputs.push(readValue(asBytes(field)));
    else if (field.number === 12) outputs.push(readValue(asBytes(field)));
    else if (field.number === 15) initializers.push(...readSparse(asBytes(field)));
  }
  return { operations, initializers, inputs, outputs };
}

function readFunction(bytes: Uint8Array, budget: Budget): OnnxModel['functions'][number] {
  let name = '';
  let domain = '';
  const operations: OnnxOperation[] = [];
  for (const field of readFields(bytes)) {
    if (field.number === 1) name = asText(field);
    else if (field.number === 7) operations.push(readOperation(asBytes(field), budget, 1));
    else if (field.number === 10) domain = asText(field);
  }
  return { name, domain, operations };
}

function readOperation(bytes: Uint8Array, budget: Budget, depth: number): OnnxOperation {
  budget.operations -= 1;
  if (budget.operations < 0) throw new ProtobufFault(`more than ${MAX_OPERATIONS} operations`);
  const operation = {
    domain: 'ai.onnx',
    type: '',
    name: '',
    inputs: [] as string[],
    outputs: [] as string[],
    tensors: [] as OnnxTensor[],
    graphs: [] as OnnxGraph[],
    attributes: new Map<string, readonly number[]>(),
  };
  for (const field of readFields(bytes)) {
    if (field.number === 1) operation.inputs.push(asText(field));
    else if (field.number === 2) operation.outputs.push(asText(field));
    else if (field.number === 3) operation.name = asText(field);
    else if (field.number === 4) operation.type = asText(field);
    else if (field.number === 5) readAttribute(asBytes(field), operation, { budget, depth });
    else if (field.number === 7 && asBytes(field).byteLength > 0) operation.domain = asText(field);
  }
  return operation;
}

interface Collecting {
  readonly tensors: OnnxTensor[];
  readonly graphs: OnnxGraph[];
  readonly attributes: Map<string, readonly number[]>;
}

function readAttribute(
  bytes: Uint8Array,
  into: Collecting,
  at: { budget: Budget; depth: number },
): void {
  let name = '';
  const numbers: number[] = [];
  for (const field of readFields(bytes)) {
    if (field.number === 1) name = asText(field);
    else if (field.number === 2) numbers.push(floatOf(field));
    else if (field.number === 3) numbers.push(asNumber(field));
    else if (field.number === 8) numbers.push(...asNumbers(field));
    else if (field.number === 5 || field.number === 10)
      into.tensors.push(readTensor(asBytes(field)));
    else if (field.number === 6 || field.number === 11)
      into.graphs.push(readGraph(asBytes(field), at.budget, at.depth + 1));
    else if (field.number === 22 || field.number === 23)
      into.tensors.push(...readSparse(asBytes(field)));
  }
  if (numbers.length > 0) into.attributes.set(name, numbers);
}

function floatOf({ value }: Field): number {
  if (typeof value !== 'bigint') throw new ProtobufFault('a message where a number belongs');
  return new Float32Array(Uint32Array.of(Number(value)).buffer)[0] ?? 0;
}

function readTensor(bytes: Uint8Array): OnnxTensor {
  const shape: number[] = [];
  const integers: number[] = [];
  let name = '';
  let dataType = 0;
  let storedBytes = 0;
  let external: string | undefined;
  for (const field of readFields(bytes)) {
    if (field.number === 1) shape.push(...asNumbers(field));
    else if (field.number === 2) dataType = asNumber(field);
    else if (field.number === 7) integers.push(...asNumbers(field));
    else if (field.number === 8) name = asText(field);
    else if (field.number === 9) integers.push(...rawIntegers(asBytes(field), dataType));
    else if (field.number === 13) external = locationOf(asBytes(field)) ?? external;
    else if (field.number === 14 && asNumber(field) === 1) external ??= '';
    if (typeof field.value !== 'bigint') storedBytes += field.value.byteLength;
  }
  const small = dataType === INT64 && integers.length > 0 && integers.length <= SMALL;
  return { name, dataType, shape, storedBytes, external, integers: small ? integers : undefined };
}

const INT64 = 7;

function rawIntegers(raw: Uint8Array, dataType: number): number[] {
  if (dataType !== INT64 || raw.byteLength % 8 !== 0 || raw.byteLength > SMALL * 8) return [];
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  return Array.from({ length: raw.byteLength / 8 }, (_, index) =>
    Number(view.getBigInt64(index * 8, true)),
  );
}

function locationOf(entry: Uint8Array): string | undefined {
  const texts = new Map([...readFields(entry)].map((field) => [field.number, asText(field)]));
  return texts.get(1) === 'location' ? (texts.get(2) ?? '') : undefined;
}

function readSparse(bytes: Uint8Array): OnnxTensor[] {
  return [...readFields(bytes)]
    .filter((field) => field.number === 1 || field.number === 2)
    .map((field) => readTensor(asBytes(field)));
}

function readValue(bytes: Uint8Array): OnnxValue {
  let name = '';
  let tensor: Uint8Array | undefined;
  for (const field of readFields(bytes)) {
    if (field.number === 1) name = asText(field);
    else if (field.number === 2) tensor = tensorType(asBytes(field));
  }
  return { name, ...(tensor ? readTensorType(tensor) : { dataType: undefined, shape: [] }) };
}

function tensorType(type: Uint8Array): Uint8Array | undefined {
  for (const field of readFields(type)) if (field.number === 1) return asBytes(field);
  return undefined;
}

function readTensorType(bytes: Uint8Array): { dataType: number; shape: number[] } {
  let dataType = 0;
  let shape: number[] = [];
  for (const field of readFields(bytes)) {
    if (field.number === 1) dataType = asNumber(field);
    else if (field.number === 2)
      shape = [...readFields(asBytes(field))]
        .filter(({ number }) => number === 1)
        .map((dim) => readDimension(asBytes(dim)));
  }
  return { dataType, shape };
}

function readDimension(bytes: Uint8Array): number {
  for (const field of readFields(bytes)) if (field.number === 1) return asNumber(field);
  return -1;
}
