import type { ErrorCode } from '@assay/wire';

interface FaultOptions {
  readonly details?: Readonly<Record<string, unknown>>;
  readonly hint?: string;
  readonly cause?: unknown;
}

/**
 * What the child throws instead of AssayError: a child loads nothing of `@assay/wire` at run time, so it starts
 * fast and holds no signing code. The supervisor turns it into the AssayError of the same code.
 */
export class InferenceFault extends Error {
  override readonly name = 'InferenceFault';
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, options: FaultOptions = {}) {
    super(code, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
    this.hint = options.hint;
  }
}
