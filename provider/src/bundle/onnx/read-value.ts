import { DIMENSION, TENSOR_SHAPE, TENSOR_TYPE, TYPE, VALUE } from './message-shapes.ts';
import type { OnnxValue } from './onnx-model.ts';
import { asBytes, asNumber, asSmallNumber, asText } from './protobuf-reader.ts';
import { readMessage } from './read-message.ts';

/** An input or output of a graph. */
export function readValue(bytes: Uint8Array): OnnxValue {
  let name = '';
  let tensor: Uint8Array | undefined;
  for (const field of readMessage(bytes, VALUE)) {
    if (field.number === 1) name = asText(field);
    else if (field.number === 2) tensor = tensorType(asBytes(field));
  }
  return { name, ...(tensor ? readTensorType(tensor) : { dataType: undefined, shape: [] }) };
}

function tensorType(bytes: Uint8Array): Uint8Array | undefined {
  let tensor: Uint8Array | undefined;
  for (const field of readMessage(bytes, TYPE)) if (field.number === 1) tensor = asBytes(field);
  return tensor;
}

function readTensorType(bytes: Uint8Array): { dataType: number; shape: number[] } {
  let dataType = 0;
  const shape: number[] = [];
  for (const field of readMessage(bytes, TENSOR_TYPE)) {
    if (field.number === 1) dataType = asSmallNumber(field);
    else
      for (const dimension of readMessage(asBytes(field), TENSOR_SHAPE))
        shape.push(readDimension(asBytes(dimension)));
  }
  return { dataType, shape };
}

function readDimension(bytes: Uint8Array): number {
  let size = -1;
  for (const field of readMessage(bytes, DIMENSION)) if (field.number === 1) size = asNumber(field);
  return size;
}
