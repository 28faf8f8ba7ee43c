import type { Manifest, Tensor } from '@assay/wire';
import type { InferenceFault } from './inference-fault.ts';
import type { RuntimeOptions, WireParams } from './messages.ts';
import type { OnnxSession } from './onnx-session.ts';

export interface TaskJob {
  readonly job: number;
  readonly prompt?: string | undefined;
  readonly params: WireParams;
  /** Metering units that were paid for; no limit where absent. */
  readonly maxUnits?: number | undefined;
  readonly tensors: readonly Tensor[];
  readonly cancelled: () => boolean;
}

export interface TaskOutcome {
  readonly outputs: readonly Tensor[];
  readonly text?: string;
  readonly units: number;
  /** A text that was told to stop before its own end. */
  readonly cut?: boolean;
  /** Absent: the float outputs are what the fingerprint is projected from. */
  readonly fingerprint?: Float32Array;
  readonly streamed?: boolean;
}

export type EmitText = (job: TaskJob, text: string, units: number) => void;

/** What a model does with jobs. One fault never spoils the other jobs of a batch. */
export interface Task {
  run(jobs: readonly TaskJob[], emit: EmitText): Promise<readonly (TaskOutcome | InferenceFault)[]>;
  /** A made-up job of about so many units, to measure with. */
  sample(units: number): TaskJob;
}

export interface TaskContext {
  readonly manifest: Manifest;
  readonly directory: string;
  readonly session: OnnxSession;
  readonly runtime: RuntimeOptions;
}
