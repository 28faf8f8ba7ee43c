import { ERROR_CODES, type ErrorCode } from './error-codes.ts';

export interface AssayErrorOptions {
  /** The facts: ids, limits, amounts. Never keys, prompts or outputs. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** What to do next; the code's own advice where omitted. */
  readonly hint?: string;
  readonly cause?: unknown;
  readonly retryAfterMs?: number;
}

/** The one error of Assay's interfaces: a documented code, the facts, and what to do next. */
export class AssayError extends Error {
  override readonly name = 'AssayError';
  readonly code: ErrorCode;
  readonly retryable: boolean;
  /** The coarse code GraphQL clients see in `extensions.code`. */
  readonly graphqlCode: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly hint: string;
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, options: AssayErrorOptions = {}) {
    const known = ERROR_CODES[code];
    super(known.message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.retryable = known.retryable;
    this.graphqlCode = known.graphql;
    this.details = options.details ?? {};
    this.hint = options.hint ?? known.hint;
    this.retryAfterMs = options.retryAfterMs;
  }

  get docs(): string {
    return `docs/ERRORS.md#${this.code.toLowerCase()}`;
  }

  /** What may leave the process: no stack, no cause. */
  toJSON(): {
    code: ErrorCode;
    message: string;
    retryable: boolean;
    details: object;
    hint: string;
    docs: string;
  } {
    const { code, message, retryable, details, hint, docs } = this;
    return { code, message, retryable, details, hint, docs };
  }
}

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(ERROR_CODES, value);
}
