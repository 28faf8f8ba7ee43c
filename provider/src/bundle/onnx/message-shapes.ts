import { WIRE } from './protobuf-reader.ts';

export interface FieldShape {
  readonly wires: readonly number[];
  readonly repeated: boolean;
  /** Of the fields that share a name here a message may use one: a `oneof`, or values that exclude each other. */
  readonly choice?: string;
}

/** The fields of one ONNX message, by number. */
export interface MessageShape {
  readonly name: string;
  readonly fields: Readonly<Record<number, FieldShape>>;
}

const number: FieldShape = { wires: [WIRE.varint], repeated: false };
const float: FieldShape = { wires: [WIRE.fixed32], repeated: false };
/** Text, bytes or a message. */
const one: FieldShape = { wires: [WIRE.bytes], repeated: false };
const many: FieldShape = { wires: [WIRE.bytes], repeated: true };
const numbers: FieldShape = { wires: [WIRE.varint, WIRE.bytes], repeated: true };
const floats: FieldShape = { wires: [WIRE.fixed32, WIRE.bytes], repeated: true };
const doubles: FieldShape = { wires: [WIRE.fixed64, WIRE.bytes], repeated: true };
const among = (choice: string, shape: FieldShape): FieldShape => ({ ...shape, choice });
const valued = (shape: FieldShape): FieldShape => among('a value', shape);
const data = (shape: FieldShape): FieldShape => among('data', shape);
const typed = among('a type', one);

/**
 * onnx.proto of ONNX 1.19 (IR version 11), as ONNX Runtime 1.30 reads it. What is missing here is refused, not skipped:
 * a parser that knows the field would see another model than this reader does.
 */
export const MODEL: MessageShape = {
  name: 'model',
  fields: {
    ...{ 1: number, 2: one, 3: one, 4: one, 5: number, 6: one, 7: one, 8: many },
    ...{ 14: many, 20: many, 25: many },
  },
};
export const OPSET: MessageShape = { name: 'opset import', fields: { 1: one, 2: number } };
export const GRAPH: MessageShape = {
  name: 'graph',
  fields: {
    ...{ 1: many, 2: one, 5: many, 10: one, 11: many, 12: many, 13: many },
    ...{ 14: many, 15: many, 16: many },
  },
};
export const OPERATION: MessageShape = {
  name: 'operation',
  fields: { 1: many, 2: many, 3: one, 4: one, 5: many, 6: one, 7: one, 8: one, 9: many },
};
export const ATTRIBUTE: MessageShape = {
  name: 'attribute',
  fields: {
    ...{ 1: one, 13: one, 20: number, 21: one },
    ...{ 2: valued(float), 3: valued(number), 4: valued(one), 5: valued(one), 6: valued(one) },
    ...{ 7: valued(floats), 8: valued(numbers), 9: valued(many), 10: valued(many) },
    ...{ 11: valued(many), 14: valued(one), 15: valued(many), 22: valued(one), 23: valued(many) },
  },
};
export const TENSOR: MessageShape = {
  name: 'tensor',
  fields: {
    ...{ 1: numbers, 2: number, 8: one, 12: one, 13: many, 14: number, 16: many },
    ...{ 4: data(floats), 5: data(numbers), 6: data(many), 7: data(numbers), 9: data(one) },
    ...{ 10: data(doubles), 11: data(numbers) },
  },
};
export const SPARSE_TENSOR: MessageShape = {
  name: 'sparse tensor',
  fields: { 1: one, 2: one, 3: numbers },
};
export const ENTRY: MessageShape = { name: 'entry', fields: { 1: one, 2: one } };
export const VALUE: MessageShape = { name: 'value', fields: { 1: one, 2: one, 3: one, 4: many } };
export const TYPE: MessageShape = {
  name: 'type',
  fields: { 1: typed, 4: typed, 5: typed, 6: one, 7: typed, 8: typed, 9: typed },
};
export const TENSOR_TYPE: MessageShape = { name: 'tensor type', fields: { 1: number, 2: one } };
export const TENSOR_SHAPE: MessageShape = { name: 'shape', fields: { 1: many } };
export const DIMENSION: MessageShape = {
  name: 'dimension',
  fields: { 1: among('a value', number), 2: among('a value', one), 3: one },
};
