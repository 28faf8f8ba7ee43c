import type { JobParams, Manifest, Tensor } from '@assay/wire';
import type { Logger } from 'pino';
import type { RuntimeOptions } from '../../inference/messages.ts';

/** The job's parameters as the receipt's paramsHash knows them, plus what only audits set. */
export interface GenerationParams extends JobParams {
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
  /** What was paid for; a child refuses (P303) before it computes more. Nobody else's limit where omitted. */
  readonly maxUnits?: number;
}

export interface RunChunk {
  readonly text?: string;
  readonly tensors?: readonly Tensor[];
  /** Units covered by this chunk alone. */
  readonly units: number;
}

export interface RunOptions {
  /** Epoch ms. A child still computing then is killed and replaced; the run rejects with P304. */
  readonly deadline: number;
  /** Nobody wants the run any more: it rejects at once. */
  readonly signal?: AbortSignal;
  /**
   * Enough: a text under way stops between two tokens and resolves with what it has. A run that has produced nothing, or
   * cannot stop half-way, rejects as for `signal`.
   */
  readonly curtail?: AbortSignal;
  /** The job has left the queue. */
  readonly onStarted?: () => void;
  readonly onChunk?: (chunk: RunChunk) => void;
}

export interface RunResult {
  /** Final tensors; a text task has `text` (BYTES [1]) and `tokens` (INT32 [n]) here. */
  readonly outputs: readonly Tensor[];
  readonly text?: string;
  /** Whole units of the manifest's metering unit (tokens generated, seconds begun, 1 per request). */
  readonly units: number;
  /** A text that was curtailed before its own end. */
  readonly cut: boolean;
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
  readonly manifest: Manifest;
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
    readonly pids: readonly number[];
    readonly queued: number;
    readonly profile: ModelProfile;
  }[];
}

export interface SlotPool {
  load(bundle: LoadedBundle): Promise<ModelProfile>;
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
  /** Where memory is shared with children; `/dev/shm` where omitted. Nothing is shared where that does not exist. */
  readonly arenaDirectory?: string;
  /** Part of the execution class; CPU, every optimisation, one thread where omitted. */
  readonly runtime?: RuntimeOptions;
  /** A model that has not loaded by then is refused: constant bombs take their time at load. */
  readonly loadTimeoutMs?: number;
  /** Hears how many children compute, whenever that may have changed. */
  readonly onBusy?: (count: number) => void;
  /** Models whose manifest asks for more are refused. */
  readonly maxMemoryBytes?: number;
}
