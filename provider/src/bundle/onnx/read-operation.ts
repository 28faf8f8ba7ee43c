import { ATTRIBUTE, OPERATION } from './message-shapes.ts';
import type { OnnxGraph, OnnxOperation, OnnxTensor } from './onnx-model.ts';
import {
  appendNumbers,
  asBytes,
  asNumber,
  asText,
  type Field,
  ProtobufFault,
} from './protobuf-reader.ts';
import { readMessage } from './read-message.ts';
import { type Budget, readSparse, readTensor, SMALL, spend } from './read-tensor.ts';

type ReadBody = (bytes: Uint8Array) => OnnxGraph;

interface Collecting {
  readonly tensors: OnnxTensor[];
  readonly graphs: OnnxGraph[];
  readonly attributes: Map<string, readonly number[]>;
}

/** Operators and domains are plain words; others could look like one and be another. */
const WORD = /^[A-Za-z0-9_.-]*$/;

export function readOperation(
  bytes: Uint8Array,
  budget: Budget,
  readBody: ReadBody,
): OnnxOperation {
  let [domain, type, name] = ['ai.onnx', '', ''];
  const inputs: string[] = [];
  const outputs: string[] = [];
  const parts: Collecting = { tensors: [], graphs: [], attributes: new Map() };
  const known = new Set<string>();
  for (const field of readMessage(bytes, OPERATION)) {
    spend(budget);
    if (field.number === 1) inputs.push(asText(field));
    else if (field.number === 2) outputs.push(asText(field));
    else if (field.number === 3) name = asText(field);
    else if (field.number === 4) type = wordOf(field);
    else if (field.number === 5) readAttribute(asBytes(field), { known, parts, budget, readBody });
    else if (field.number === 7) domain = wordOf(field) || domain;
  }
  return { domain, type, name, inputs, outputs, ...parts };
}

function wordOf(field: Field): string {
  const text = asText(field);
  if (WORD.test(text)) return text;
  throw new ProtobufFault(`no name of an operator: ${JSON.stringify(text.slice(0, 100))}`);
}

function readAttribute(
  bytes: Uint8Array,
  into: {
    readonly known: Set<string>;
    readonly parts: Collecting;
    readonly budget: Budget;
    readonly readBody: ReadBody;
  },
): void {
  const { known, parts, budget, readBody } = into;
  let name = '';
  const numbers: number[] = [];
  for (const field of readMessage(bytes, ATTRIBUTE)) {
    spend(budget);
    const { number } = field;
    if (number === 1) name = asText(field);
    else if (number === 2) numbers.push(floatOf(field));
    else if (number === 3) numbers.push(asNumber(field));
    else if (number === 8) appendNumbers(field, numbers, SMALL);
    else if (number === 5 || number === 10) parts.tensors.push(readTensor(asBytes(field)));
    else if (number === 6 || number === 11) parts.graphs.push(readBody(asBytes(field)));
    else if (number === 21 && asBytes(field).byteLength > 0)
      throw new ProtobufFault(`the attribute "${name}" refers to one of a function`);
    else if (number === 22 || number === 23)
      for (const tensor of readSparse(asBytes(field))) parts.tensors.push(tensor);
  }
  if (known.has(name)) throw new ProtobufFault(`two attributes "${name.slice(0, 100)}"`);
  known.add(name);
  if (numbers.length > 0 && numbers.length <= SMALL) parts.attributes.set(name, numbers);
}

function floatOf({ value }: Field): number {
  return new Float32Array(Uint32Array.of(Number(value)).buffer)[0] ?? 0;
}
