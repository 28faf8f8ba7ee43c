/** What the marketplace refused or could not do. `code` is the documented error code, such as I101. */
export class RemoteError extends Error {
  override readonly name = 'RemoteError';
  readonly code: string;
  /** The coarse kind: BAD_USER_INPUT, UNAUTHENTICATED, RATE_LIMITED … */
  readonly kind: string;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;
  readonly hint: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;
  readonly retryAfterMs: number | undefined;

  constructor(error: GraphqlFault) {
    super(error.message);
    const { extensions = {} } = error;
    this.kind = String(extensions.code ?? 'INTERNAL_SERVER_ERROR');
    this.code = String(extensions.assayCode ?? this.kind);
    this.retryable = extensions.retryable === true;
    this.hint = typeof extensions.hint === 'string' ? extensions.hint : undefined;
    this.details = (extensions.details ?? {}) as Record<string, unknown>;
    const wait = extensions.retryAfterMs;
    this.retryAfterMs = typeof wait === 'number' ? wait : undefined;
  }
}

export interface GraphqlFault {
  readonly message: string;
  readonly extensions?: Readonly<Record<string, unknown>> | undefined;
}

/** The data of an answer. Throws its first error as a RemoteError. */
export function dataOf<T>(answer: {
  data?: unknown;
  errors?: readonly GraphqlFault[] | undefined;
}): T {
  const [fault] = answer.errors ?? [];
  if (fault !== undefined) throw new RemoteError(fault);
  return answer.data as T;
}
