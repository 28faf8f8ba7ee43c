import {
  type FrameMeta,
  type Hex,
  type OutcomeKind,
  type OutputTensor,
  type Ticket,
  unpackTensors,
} from '@assay/wire';
import type { ProviderConnection } from '../domain/provider-connection.ts';
import { type AttemptLink, createAttemptLink } from './attempt-link.ts';
import { chunkFault } from './chunk-fault.ts';
import { textFault } from './text-fault.ts';

/** What one attempt has delivered so far, as its receipt must commit to it. */
export interface Delivered {
  text: string;
  readonly tensors: OutputTensor[];
  chunks: number;
  /** What its chunks are said to have. */
  units: number;
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
  readonly link: AttemptLink;
  /** The latest connection to its provider. */
  readonly connection: ProviderConnection;
  /** What this attempt is billed per unit. */
  readonly unitPrice: bigint;
  readonly delivered: Delivered;
  readonly startedAt: number | undefined;
  readonly firstOutputAt: number | undefined;
  readonly end: Promise<AttemptEnd>;
  started(): void;
  /** Output; after a cut it is said again from the first chunk, and what was heard before is skipped. */
  chunk(meta: FrameMeta<'chunk'>, body: Uint8Array): void;
  /** The provider's next connection is there: the attempt goes on. */
  resume(connection: ProviderConnection): void;
  finish(end: AttemptEnd): void;
}

export interface AttemptOptions {
  readonly id: Hex;
  readonly ticket: Ticket;
  readonly connection: ProviderConnection;
  readonly unitPrice: bigint;
  /** Tokens the job may have, where its output is a generated text. */
  readonly maxTokens: number | undefined;
  readonly now: () => number;
  /** How long a cut link may take to come back before the attempt is lost. */
  readonly graceMs: number;
  readonly onOutput: (output: AttemptOutput) => void;
}

export function createAttempt(options: AttemptOptions): Attempt {
  const { id, ticket, unitPrice, maxTokens, now, onOutput } = options;
  const { promise: end, resolve } = Promise.withResolvers<AttemptEnd>();
  const delivered: Delivered = { text: '', tensors: [], chunks: 0, units: 0, inlineBytes: 0 };
  const link = createAttemptLink({
    ticket: id,
    connection: options.connection,
    graceMs: options.graceMs,
    onGone: (message) => finish({ kind: 'failed', code: 'P307', outcome: 'lost', message }),
  });
  /** Chunks heard over the present connection. */
  let heard = 0;
  let startedAt: number | undefined;
  let firstOutputAt: number | undefined;

  let ended = false;

  function finish(how: AttemptEnd): void {
    ended = true;
    link.end();
    resolve(how);
  }

  function chunk(meta: FrameMeta<'chunk'>, body: Uint8Array): void {
    if (ended) return;
    const isRepeated = heard < delivered.chunks;
    const inlineBytes = isRepeated ? 0 : delivered.inlineBytes;
    const isGenerated = maxTokens !== undefined && !isRepeated;
    const fault =
      chunkFault(meta, body, { next: heard, inlineBytes }) ??
      (isGenerated ? textFault(meta, { ...delivered, maxTokens }) : undefined);
    if (fault !== undefined) {
      breach(fault);
      return;
    }
    heard += 1;
    if (isRepeated) return;
    const tensors = meta.tensors && unpackTensors(meta.tensors, body);
    delivered.chunks += 1;
    delivered.units += Number(meta.units);
    delivered.inlineBytes += body.byteLength + (meta.text?.length ?? 0);
    delivered.text += meta.text ?? '';
    if (tensors !== undefined) delivered.tensors.push(...tensors);
    firstOutputAt ??= now();
    onOutput({ index: meta.index, text: meta.text, tensors });
  }

  function breach(reason: string): void {
    finish({ kind: 'failed', code: 'P300', outcome: 'invalid', message: reason });
    link.connection.reject(reason);
  }

  return {
    id,
    ticket,
    link,
    get connection() {
      return link.connection;
    },
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
    resume(connection) {
      heard = 0;
      link.adopt(connection);
    },
    finish,
  };
}
