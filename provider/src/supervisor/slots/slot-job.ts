import type { BatchShape } from './batch-key.ts';
import type { RunOptions, RunRequest, RunResult } from './slot-types.ts';

/** One run between `run()` and its settlement. */
export interface SlotJob {
  readonly id: number;
  readonly request: RunRequest;
  readonly options: RunOptions;
  readonly shape: BatchShape | undefined;
  readonly expectedMs: number;
  readonly enqueuedAt: number;
  /** Set when a batch it was in came to grief: it then runs by itself. */
  alone: boolean;
  startedAt: number;
  batchSize: number;
  settled: boolean;
  readonly resolve: (result: RunResult) => void;
  readonly reject: (error: unknown) => void;
}
