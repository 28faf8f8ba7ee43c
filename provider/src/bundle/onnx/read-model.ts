import { GRAPH, MODEL, OPSET } from './message-shapes.ts';
import type { OnnxGraph, OnnxModel, OnnxOperation, OnnxTensor, OnnxValue } from './onnx-model.ts';
import { asBytes, asSmallNumber, asText, ProtobufFault } from './protobuf-reader.ts';
import { readMessage } from './read-message.ts';
import { readOperation } from './read-operation.ts';
import { type Budget, readSparse, readTensor, spend } from './read-tensor.ts';
import { readValue } from './read-value.ts';

/** Deeper nesting of If, Loop and Scan bodies is refused, so that no reader runs out of stack. */
const MAX_DEPTH = 16;
/** Operations, tensors and values of all graphs together. */
const MAX_PARTS = 4_000_000;

/**
 * Reads an ONNX file without ONNX Runtime. Throws a ProtobufFault on damaged or overly nested files, and on any that
 * another reader might read otherwise.
 */
export function readModel(bytes: Uint8Array): OnnxModel {
  let graph: OnnxGraph | undefined;
  let training = false;
  let functions = false;
  const opsets = new Map<string, number>();
  const budget = { parts: MAX_PARTS };
  for (const field of readMessage(bytes, MODEL)) {
    if (field.number === 7) graph = readGraph(asBytes(field), budget, 0);
    else if (field.number === 8) readOpset(asBytes(field), opsets);
    else if (field.number === 20) training = true;
    else if (field.number === 25) functions = true;
  }
  if (!graph) throw new ProtobufFault('no graph: this is not an ONNX model');
  return { opsets, graph, functions, training };
}

/** The empty domain is `ai.onnx`; naming it by both is naming it twice. */
function readOpset(bytes: Uint8Array, opsets: Map<string, number>): void {
  let domain = 'ai.onnx';
  let version = 0;
  for (const field of readMessage(bytes, OPSET)) {
    if (field.number === 1) domain = asText(field) || domain;
    else if (field.number === 2) version = asSmallNumber(field);
  }
  if (opsets.has(domain)) throw new ProtobufFault(`two opsets of ${domain}`);
  opsets.set(domain, version);
}

function readGraph(bytes: Uint8Array, budget: Budget, depth: number): OnnxGraph {
  if (depth > MAX_DEPTH) throw new ProtobufFault(`graphs nested deeper than ${MAX_DEPTH}`);
  const operations: OnnxOperation[] = [];
  const initializers: OnnxTensor[] = [];
  const inputs: OnnxValue[] = [];
  const outputs: OnnxValue[] = [];
  const readBody = (body: Uint8Array): OnnxGraph => readGraph(body, budget, depth + 1);
  for (const field of readMessage(bytes, GRAPH)) {
    spend(budget);
    if (field.number === 1) operations.push(readOperation(asBytes(field), budget, readBody));
    else if (field.number === 5) initializers.push(readTensor(asBytes(field)));
    else if (field.number === 11) inputs.push(readValue(asBytes(field)));
    else if (field.number === 12) outputs.push(readValue(asBytes(field)));
    else if (field.number === 15)
      for (const tensor of readSparse(asBytes(field))) initializers.push(tensor);
  }
  refuseTwins(operations, initializers);
  return { operations, initializers, inputs, outputs };
}

/** Of two definitions of one name each reader takes the one it pleases. */
function refuseTwins(
  operations: readonly OnnxOperation[],
  initializers: readonly OnnxTensor[],
): void {
  const defined = new Set<string>();
  const define = (name: string): void => {
    if (name !== '' && defined.has(name))
      throw new ProtobufFault(`"${name.slice(0, 100)}" is defined more than once`);
    defined.add(name);
  };
  for (const { name } of initializers) define(name);
  for (const { outputs } of operations) for (const name of outputs) define(name);
}
