import type { Address, EpochMs, Hex, Intent, JobPayload, SignedReceipt, Tensor } from '@assay/wire';
import type { RegisteredModel } from '../domain/registry-facts.ts';
import type { Attempt } from './attempt.ts';
import type { JobLog } from './job-log.ts';

/** A job under way on this instance, with its payload: that is kept nowhere else. */
export interface RunningJob {
  readonly id: Hex;
  readonly sessionId: Hex;
  readonly payer: Address;
  readonly key: Address;
  readonly hosted: boolean;
  readonly intent: Intent;
  readonly payload: JobPayload;
  /** The payload as the input root commits to it. */
  readonly inputs: readonly Tensor[];
  readonly model: RegisteredModel;
  readonly createdAt: EpochMs;
  readonly deadline: EpochMs;
  readonly maxUnits: bigint;
  readonly expectedUnits: number;
  /** What the session holds for this job. */
  readonly budget: bigint;
  readonly nextBestPrice: bigint | undefined;
  readonly log: JobLog;
  readonly receipts: SignedReceipt[];
  charged: bigint;
  chargedUnits: bigint;
  energyJoules: number | undefined;
  /** The last text ended early, for its deadline. */
  cutShort: boolean;
  deliveredText: string;
  /** Chunks of tensors that followers have seen already: a later attempt repeats none. */
  deliveredChunks: number;
  cancelled: boolean;
  /** Ends a wait at once. */
  onCancel: (() => void) | undefined;
  attempt: Attempt | undefined;
  /** Settles once its hold, empty since the charge, is gone from the ledger. */
  released: Promise<void>;
}

/** Tokens of a generated text; undefined where the output is none. */
export function maxTokensOf({ model, maxUnits }: RunningJob): number | undefined {
  return model.manifest.task === 'text-generation' ? Number(maxUnits) : undefined;
}
