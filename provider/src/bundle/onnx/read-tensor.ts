import { ENTRY, SPARSE_TENSOR, TENSOR } from './message-shapes.ts';
import type { OnnxTensor } from './onnx-model.ts';
import {
  appendNumbers,
  asBytes,
  asSmallNumber,
  asText,
  type Field,
  ProtobufFault,
} from './protobuf-reader.ts';
import { readMessage } from './read-message.ts';

/** Values of longer tensors are not kept: no shape is that long. */
export const SMALL = 64;

/** How many more parts a model may have. */
export interface Budget {
  parts: number;
}

export function spend(budget: Budget): void {
  budget.parts -= 1;
  if (budget.parts < 0) throw new ProtobufFault('more parts than any model needs');
}

export function readTensor(bytes: Uint8Array): OnnxTensor {
  const shape: number[] = [];
  const integers: number[] = [];
  let name = '';
  let dataType = 0;
  let raw: Uint8Array | undefined;
  let isExternal = false;
  const entries: Field[] = [];
  for (const field of readMessage(bytes, TENSOR)) {
    if (field.number === 1) appendNumbers(field, shape, SMALL);
    else if (field.number === 2) dataType = asSmallNumber(field);
    else if (field.number === 7) appendNumbers(field, integers, SMALL);
    else if (field.number === 8) name = asText(field);
    else if (field.number === 9) raw = asBytes(field);
    else if (field.number === 13) entries.push(field);
    else if (field.number === 14) isExternal = asSmallNumber(field) === 1;
  }
  if (shape.length > SMALL || shape.some((dimension) => dimension < 0))
    throw new ProtobufFault(`the tensor "${name.slice(0, 100)}" has an impossible shape`);
  for (const integer of dataType === INT64 && raw ? rawIntegers(raw) : []) integers.push(integer);
  const isSmall = dataType === INT64 && integers.length > 0 && integers.length <= SMALL;
  const external = locationOf(entries) ?? (isExternal ? '' : undefined);
  return { name, dataType, shape, external, integers: isSmall ? integers : undefined };
}

const INT64 = 7;

function rawIntegers(raw: Uint8Array): number[] {
  if (raw.byteLength % 8 !== 0 || raw.byteLength > SMALL * 8) return [];
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  return Array.from({ length: raw.byteLength / 8 }, (_, index) =>
    Number(view.getBigInt64(index * 8, true)),
  );
}

function locationOf(entries: readonly Field[]): string | undefined {
  const texts = new Map<string, string>();
  for (const entry of entries) {
    let [key, value] = ['', ''];
    for (const field of readMessage(asBytes(entry), ENTRY)) {
      if (field.number === 1) key = asText(field);
      else value = asText(field);
    }
    if (texts.has(key)) throw new ProtobufFault(`external data has two entries "${key}"`);
    texts.set(key, value);
  }
  return texts.get('location');
}

/** Values and indices of a sparse tensor; the values carry its name. */
export function readSparse(bytes: Uint8Array): OnnxTensor[] {
  const parts: OnnxTensor[] = [];
  const shape: number[] = [];
  for (const field of readMessage(bytes, SPARSE_TENSOR)) {
    if (field.number === 3) appendNumbers(field, shape, SMALL);
    else parts.push(readTensor(asBytes(field)));
  }
  if (shape.length > SMALL || shape.some((dimension) => dimension < 0))
    throw new ProtobufFault('a sparse tensor has an impossible shape');
  // The runtime makes it dense at load: its shape counts, not what is stored.
  const [first] = parts;
  return first ? [{ ...first, shape, integers: undefined }, ...parts.slice(1)] : [];
}
