import type { Logger } from 'pino';

/** Open Inference Protocol names. */
export type Datatype =
  | 'BOOL'
  | 'UINT8'
  | 'UINT16'
  | 'UINT32'
  | 'UINT64'
  | 'INT8'
  | 'INT16'
  | 'INT32'
  | 'INT64'
  | 'FP16'
  | 'FP32'
  | 'FP64'
  | 'BYTES';

/** Little-endian, row-major; BYTES elements carry a 4-byte length each. */
export interface Tensor {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/** Everything that steers sampling; all of it is hashed into the receipt's paramsHash. */
export interface GenerationParams {
  readonly maxTokens?: number;
  /** 0 or absent: greedy. */
  readonly temperature?: number;
  readonly topK?: number;
  readonly topP?: number;
  readonly stop?: readonly string[];
  /** Random numbers are drawn by (seed, position), so a resumed stream continues exactly. */
  readonly seed?: bigint;
  /** Text another attempt already delivered: the decoder continues after it and counts it against maxTokens. */
  readonly deliveredPrefix?: string;
  /** Teacher forcing for audits and jurors: score these tokens instead of choosing any. */
  readonly forcedTokens?: readonly number[];
}

export type RunInput =
  | { readonly kind: 'tensors'; readonly tensors: readonly Tensor[] }
  | { readonly kind: 'text'; readonly prompt: string };

export interface RunRequest {
  readonly modelId: string;
  readonly input: RunInput;
  readonly params: GenerationParams;
}

export interface RunChunk {
  readonly text?: string;
  readonly tensors?: readonly Tensor[];
  /** Units covered by this chunk alone. */
  readonly units: number;
}

export interface RunOptions {
  /** Epoch ms. A child still computing then is killed and replaced; the run rejects with P305. */
  readonly deadline: number;
  readonly signal?: AbortSignal;
  readonly onChunk?: (chunk: RunChunk) => void;
}

export interface RunResult {
  /** Final tensors; a text task has `text` (BYTES [1]) and `tokens` (INT32 [n]) here. */
  readonly outputs: readonly Tensor[];
  readonly text?: string;
  /** Whole units of the manifest's metering unit (tokens generated, seconds begun, 1 per request). */
  readonly units: number;
  /** Epoch ms. */
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly queueMs: number;
  readonly computeMs: number;
  /** Rows of the batch this run shared. */
  readonly batchSize: number;
  /** What the fingerprint is projected from: the float outputs in order, or per generated token its logit and log-sum-exp. */
  readonly fingerprintSource: Float32Array;
}

export interface ModelProfile {
  readonly modelId: string;
  /** Largest batch b with t(2b) < 1.6 t(b) below it. */
  readonly maxBatch: number;
  /** Milliseconds of one run by batch size, measured at load. */
  readonly msByBatch: Readonly<Record<number, number>>;
  readonly msPerUnit: number;
  /** Cost that does not grow with units, per run. */
  readonly msPerRun: number;
  readonly loadMs: number;
  readonly memoryBytes: number;
}

/** A verified bundle in the store: `directory` holds exactly the manifest's files. */
export interface LoadedBundle {
  readonly modelId: string;
  readonly directory: string;
  readonly manifest: unknown;
}

export interface SlotStats {
  readonly slots: number;
  readonly busy: number;
  readonly queued: number;
  readonly spare: number;
  readonly kills: number;
  readonly restarts: number;
  readonly models: readonly {
    readonly modelId: string;
    readonly children: number;
    readonly queued: number;
    readonly profile: ModelProfile;
  }[];
}

export interface SlotPool {
  load(bundle: LoadedBundle): Promise<ModelProfile>;
  unload(modelId: string): Promise<void>;
  run(request: RunRequest, options: RunOptions): Promise<RunResult>;
  /** Predicted finish (epoch ms) of such a job if it were queued now; admission compares it with the deadline. */
  predictFinish(request: { readonly modelId: string; readonly units: number }): number;
  stats(): SlotStats;
  /** Refuses new runs, lets the running finish until `graceMs`, then kills. */
  close(options?: { readonly graceMs?: number }): Promise<void>;
}

export interface SlotPoolOptions {
  /** How many children compute at once. */
  readonly slots: number;
  /** Started children without a model, ready to replace a killed one. */
  readonly spare: number;
  readonly modelsDir: string;
  readonly runDir: string;
  readonly log: Logger;
}
