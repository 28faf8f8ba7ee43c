import {
  type FrameMeta,
  type Hex,
  INLINE_TENSOR_BYTES,
  type OutcomeKind,
  type OutputTensor,
  type Ticket,
  unpackTensors,
} from '@assay/wire';
import type { ProviderConnection } from '../domain/provider-connection.ts';

/** One attempt may deliver this many bytes inline and this many chunks. */
const MAX_INLINE_BYTES = 8 * 1024 * 1024;
const MAX_CHUNKS = 200_000;

/** What one attempt has delivered so far, as its receipt must commit to it. */
export interface Delivered {
  text: string;
  readonly tensors: OutputTensor[];
  chunks: number;
  inlineBytes: number;
}

export type AttemptEnd =
  | { readonly kind: 'receipt'; readonly meta: FrameMeta<'receipt'> }
  | {
      readonly kind: 'failed';
      readonly code: string;
      readonly outcome: OutcomeKind;
      readonly message?: string;
      readonly retryAfterMs?: number;
    };

export interface AttemptOutput {
  readonly index: number;
  readonly text: string | undefined;
  readonly tensors: readonly OutputTensor[] | undefined;
}

/** One ticket under way at one provider. It ends once: by receipt, refusal, loss, time or cancellation. */
export interface Attempt {
  readonly id: Hex;
  readonly ticket: Ticket;
  readonly connection: ProviderConnection;
  /** What this attempt is billed per unit. */
  readonly unitPrice: bigint;
  readonly delivered: Delivered;
  readonly startedAt: number | undefined;
  readonly firstOutputAt: number | undefined;
  readonly end: Promise<AttemptEnd>;
  started(): void;
  chunk(meta: FrameMeta<'chunk'>, body: Uint8Array): void;
  finish(end: AttemptEnd): void;
}

export interface AttemptOptions {
  readonly id: Hex;
  readonly ticket: Ticket;
  readonly connection: ProviderConnection;
  readonly unitPrice: bigint;
  readonly now: () => number;
  readonly onOutput: (output: AttemptOutput) => void;
}

export function createAttempt(options: AttemptOptions): Attempt {
  const { id, ticket, connection, unitPrice, now, onOutput } = options;
  const { promise: end, resolve: finish } = Promise.withResolvers<AttemptEnd>();
  const delivered: Delivered = { text: '', tensors: [], chunks: 0, inlineBytes: 0 };
  let startedAt: number | undefined;
  let firstOutputAt: number | undefined;

  function chunk(meta: FrameMeta<'chunk'>, body: Uint8Array): void {
    const fault = chunkFault(meta, body, delivered);
    if (fault !== undefined) {
      breach(fault);
      return;
    }
    const tensors = meta.tensors && unpackTensors(meta.tensors, body);
    delivered.chunks += 1;
    delivered.inlineBytes += body.byteLength + (meta.text?.length ?? 0);
    delivered.text += meta.text ?? '';
    if (tensors !== undefined) delivered.tensors.push(...tensors);
    firstOutputAt ??= now();
    onOutput({ index: meta.index, text: meta.text, tensors });
  }

  function breach(reason: string): void {
    finish({ kind: 'failed', code: 'P300', outcome: 'invalid', message: reason });
    connection.reject(reason);
  }

  return {
    id,
    ticket,
    connection,
    unitPrice,
    delivered,
    get startedAt() {
      return startedAt;
    },
    started() {
      startedAt ??= now();
    },
    get firstOutputAt() {
      return firstOutputAt;
    },
    end,
    chunk,
    finish,
  };
}

function chunkFault(
  meta: FrameMeta<'chunk'>,
  body: Uint8Array,
  delivered: Delivered,
): string | undefined {
  if (meta.index !== delivered.chunks)
    return `chunk ${meta.index} where ${delivered.chunks} is next`;
  if (delivered.chunks >= MAX_CHUNKS) return `more than ${MAX_CHUNKS} chunks`;
  if (delivered.inlineBytes + body.byteLength > MAX_INLINE_BYTES)
    return `more than ${MAX_INLINE_BYTES} inline bytes`;
  const large = meta.tensors?.find((tensor) => (tensor.bytes ?? 0) > INLINE_TENSOR_BYTES);
  if (large !== undefined) return `tensor ${large.name} is too large to travel inline`;
  return undefined;
}
