export interface OnnxTensor {
  readonly name: string;
  readonly dataType: number;
  readonly shape: readonly number[];
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
  /** Short integer and float attributes by name: enough to see shapes. */
  readonly attributes: ReadonlyMap<string, readonly number[]>;
}

export interface OnnxGraph {
  readonly operations: readonly OnnxOperation[];
  readonly initializers: readonly OnnxTensor[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

export interface OnnxModel {
  readonly opsets: ReadonlyMap<string, number>;
  readonly graph: OnnxGraph;
  /** Whether it defines operators of its own (functions), which this reader does not look into. */
  readonly functions: boolean;
  readonly training: boolean;
}
