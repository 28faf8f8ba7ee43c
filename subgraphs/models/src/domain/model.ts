import type { Address, Datatype, Hex } from '@assay/wire';

export type MeteringUnit = 'REQUEST' | 'TOKEN' | 'SECOND';

export interface TensorSpec {
  readonly name: string;
  readonly datatype: Datatype;
  /** -1: the client chooses. */
  readonly shape: readonly number[];
}

/** A model as the chain and its manifest describe it. */
export interface Model {
  readonly id: Hex;
  readonly lineageId: Hex;
  readonly name: string;
  readonly version: string;
  readonly task: string;
  readonly description: string | undefined;
  readonly tags: readonly string[];
  readonly publisher: Address;
  readonly manifestHash: Hex;
  readonly royaltyPpm: number;
  readonly unit: MeteringUnit;
  readonly licence: string;
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  readonly deprecated: boolean;
  /** Seconds since the epoch. */
  readonly registeredAt: number;
  /** sha256 of the ONNX file. */
  readonly weights: Hex | undefined;
}

/** What lists and searches need of a model. */
export interface ModelSummary {
  readonly id: Hex;
  readonly name: string;
  readonly task: string;
  readonly description: string | undefined;
  readonly tags: readonly string[];
  readonly registeredAt: number;
}
