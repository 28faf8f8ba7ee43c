import type { Receipt } from './eip712.ts';
import type { Identity } from './identity.ts';
import type { Intent, JobPayload } from './intent.ts';
import type { Tensor, TensorHeader } from './tensor.ts';
import type { Address, EpochMs, Hex } from './units.ts';

export const JOB_STATUSES = [
  'QUEUED',
  'ASSIGNED',
  'RUNNING',
  'COMPLETED',
  'FAILED',
  'CANCELLED',
] as const;
export type JobStatus = (typeof JOB_STATUSES)[number];

/** Which status may follow which. ASSIGNED and RUNNING go back to QUEUED on failover. */
export const NEXT_JOB_STATUS: Readonly<Record<JobStatus, readonly JobStatus[]>> = {
  QUEUED: ['ASSIGNED', 'FAILED', 'CANCELLED'],
  ASSIGNED: ['RUNNING', 'QUEUED', 'FAILED', 'CANCELLED', 'COMPLETED'],
  RUNNING: ['COMPLETED', 'QUEUED', 'FAILED', 'CANCELLED'],
  COMPLETED: [],
  FAILED: [],
  CANCELLED: [],
};

/** A receipt together with who signed it for what; everything `proveConflict` and a voucher need. */
export interface SignedReceipt extends Receipt {
  readonly jobId: Hex;
  readonly attempt: number;
  readonly sessionId: Hex;
  readonly offerId: Hex;
  readonly signer: Address;
  readonly signature: Hex;
}

/** An output tensor: inline bytes up to 64 KiB, a blob's sha256 above. */
export type OutputTensor = Tensor | (TensorHeader & { readonly blob: Hex });

export interface VoucherDue {
  readonly sessionId: Hex;
  readonly offerId: Hex;
  readonly cumulative: bigint;
  readonly dueBy: EpochMs;
}

interface EventBase {
  readonly jobId: Hex;
  readonly seq: number;
  readonly at: EpochMs;
}
export interface JobQueued extends EventBase {
  readonly kind: 'JobQueued';
}
export interface JobAssigned extends EventBase {
  readonly kind: 'JobAssigned';
  readonly attempt: number;
  readonly providerId: Address;
  readonly offerId: Hex;
  readonly maxPrice: bigint;
}
export interface JobOutput extends EventBase {
  readonly kind: 'JobOutput';
  readonly attempt: number;
  readonly text?: string;
  readonly tensors?: readonly OutputTensor[];
}
export interface JobFailedOver extends EventBase {
  readonly kind: 'JobFailedOver';
  readonly attempt: number;
  readonly fromProviderId: Address;
  readonly code: string;
}
export interface JobCompleted extends EventBase {
  readonly kind: 'JobCompleted';
  readonly receipts: readonly SignedReceipt[];
  readonly units: bigint;
  readonly price: bigint;
  readonly latencyMs: number;
  readonly energyJoules?: number;
  /** The text ended early, for its deadline. */
  readonly cutShort?: boolean;
  readonly nextBestPrice?: bigint;
  readonly voucherDue: readonly VoucherDue[];
}
export interface JobFailed extends EventBase {
  readonly kind: 'JobFailed';
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
  readonly price: bigint;
  readonly receipts: readonly SignedReceipt[];
}
export interface JobCancelled extends EventBase {
  readonly kind: 'JobCancelled';
  readonly price: bigint;
  readonly receipts: readonly SignedReceipt[];
}

/** `seq` is dense from 1; a stream ends only with a terminal event. Kinds are the GraphQL type names. */
export type JobEvent =
  | JobQueued
  | JobAssigned
  | JobOutput
  | JobFailedOver
  | JobCompleted
  | JobFailed
  | JobCancelled;

export function isTerminal(event: JobEvent): boolean {
  return (
    event.kind === 'JobCompleted' || event.kind === 'JobFailed' || event.kind === 'JobCancelled'
  );
}

export interface SubmitOptions {
  readonly quoteId?: string;
  readonly idempotencyKey?: string;
}

/**
 * How every edge reaches the job market: GraphQL, the Open Inference Protocol and the OpenAI-compatible edge are
 * adapters of this. Embedded it is a function call, distributed an internal binary HTTP call.
 */
export interface JobsPort {
  /** Submits and follows to the terminal event. Rejects with an AssayError before the first event where the request is refused. */
  submit(
    intent: Intent,
    payload: JobPayload,
    identity: Identity,
    options?: SubmitOptions,
  ): AsyncIterable<JobEvent>;
  /** Events after `after`, live until the terminal one. Closing the iterator stops following, never the job. */
  events(jobId: Hex, after: number, identity: Identity): AsyncIterable<JobEvent>;
  cancel(jobId: Hex, identity: Identity): Promise<void>;
}
