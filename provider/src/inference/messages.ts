import type { ErrorCode, Manifest } from '@assay/wire';

/** What a child needs to know of the job's sampling; `seed` travels as a decimal string. */
export interface WireParams {
  readonly maxTokens?: number | undefined;
  readonly temperature?: number | undefined;
  readonly topK?: number | undefined;
  readonly topP?: number | undefined;
  readonly stop?: readonly string[] | undefined;
  readonly seed?: string | undefined;
  readonly deliveredPrefix?: string | undefined;
  readonly forcedTokens?: readonly number[] | undefined;
}

/** One row group of a batch; its tensors are the next `tensors` of the frame. */
export interface WireJob {
  readonly job: number;
  readonly prompt?: string | undefined;
  readonly params: WireParams;
  /** Metering units that were paid for. */
  readonly maxUnits?: number | undefined;
  readonly tensors: number;
}

export interface RuntimeOptions {
  readonly executionProvider: string;
  /** Part of the execution class: it changes nearly every output by an ulp or two. */
  readonly optimisation: 'disabled' | 'basic' | 'extended' | 'all';
  readonly threads: number;
  readonly tf32: boolean;
  /** GPUs that children are spread over; the runtime's default where omitted. */
  readonly deviceIds?: readonly number[];
  /** The one of them that a child is told to use. */
  readonly deviceId?: number | undefined;
}

/** Supervisor to child. */
export type Command =
  | {
      readonly type: 'load';
      readonly directory: string;
      readonly manifest: Manifest;
      readonly runtime: RuntimeOptions;
    }
  | { readonly type: 'echo' }
  | {
      readonly type: 'profile';
      readonly budgetMs: number;
      /** What a command and its answer take of the child's processor, whatever they carry. */
      readonly msPerFrame: number;
    }
  | { readonly type: 'run'; readonly jobs: readonly WireJob[] }
  | { readonly type: 'cancel'; readonly job: number };

export interface MeasuredProfile {
  readonly maxBatch: number;
  readonly msByBatch: Readonly<Record<number, number>>;
  readonly msPerUnit: number;
  readonly msPerRun: number;
}

export interface WireFault {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;
  readonly hint?: string | undefined;
}

/** How one job ended. */
export type JobResult = DoneJob | { readonly job: number; readonly fault: WireFault };

export interface DoneJob {
  readonly job: number;
  readonly text?: string | undefined;
  readonly units: number;
  /** Stopped before its own end. */
  readonly cut: boolean;
  readonly computeMs: number;
  /** How many of the frame's tensors are its own. */
  readonly tensors: number;
  /** The last of them is the fingerprint's source, not an output. */
  readonly fingerprint: boolean;
  /** Outputs went out in chunks already: release nothing again. */
  readonly streamed: boolean;
}

/** Child to supervisor. The supervisor trusts none of it: see `parseReport`. */
export type Report =
  | { readonly type: 'ready'; readonly dataBytes: number }
  /** Processor time of the child so far. */
  | { readonly type: 'echo'; readonly cpuMs: number }
  | { readonly type: 'loaded'; readonly loadMs: number; readonly memoryBytes: number }
  | ({ readonly type: 'profiled' } & MeasuredProfile)
  | { readonly type: 'failed'; readonly fault: WireFault }
  | { readonly type: 'chunk'; readonly job: number; readonly text?: string; readonly units: number }
  /** Of a batch or of one job of it; the tensors of the frame are those of the results, one result after another. */
  | { readonly type: 'results'; readonly results: readonly JobResult[] };
