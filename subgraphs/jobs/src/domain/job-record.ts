import type { Address, EpochMs, Hex, JobStatus, SignedReceipt } from '@assay/wire';

/** A job as it is kept: everything but its input and output. */
export interface JobRecord {
  readonly id: Hex;
  readonly sessionId: Hex;
  readonly tokenHash: Hex;
  readonly payer: Address;
  readonly modelId: Hex;
  readonly createdAt: EpochMs;
  readonly status: JobStatus;
  readonly attempts: number;
  readonly provider?: Address;
  readonly finishedAt?: EpochMs;
  readonly units?: bigint;
  readonly price?: bigint;
  readonly latencyMs?: number;
  readonly receipts: readonly SignedReceipt[];
  readonly rating?: number;
}
