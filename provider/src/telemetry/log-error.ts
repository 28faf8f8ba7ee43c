import { AssayError } from '@assay/wire';
import { safeMessage } from './safe-message.ts';

/** What must never reach a log, wherever it hides in an event. */
export const SECRET = ['privateKey', 'password', 'prompt', 'secret', 'text', 'data'];

const CAUSES = 4;
const FRAMES = 8;

export interface LoggedError {
  readonly name: string;
  readonly code?: string;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly stack?: string;
  readonly cause?: unknown;
}

/**
 * An error as a log shows it: errors have no enumerable fields, so JSON makes `{}` of them. Of other fields than these
 * nothing is taken, since libraries hang requests and their contents on errors.
 */
export function logError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return typeof error === 'string' ? safeMessage(error) : error;
  const code = (error as NodeJS.ErrnoException).code;
  return {
    name: error.name,
    ...(typeof code === 'string' && { code }),
    message: safeMessage(error),
    ...(error instanceof AssayError && { details: factsOf(error.details) }),
    ...(error.stack && { stack: framesOf(error.stack) }),
    ...(error.cause !== undefined && depth < CAUSES && { cause: logError(error.cause, depth + 1) }),
  } satisfies LoggedError;
}

/** Without the first lines, which repeat the message unbounded. */
const framesOf = (stack: string): string =>
  stack
    .split('\n')
    .filter((line) => /^ {4}at /.test(line))
    .slice(0, FRAMES)
    .join('\n');

function factsOf(details: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(details).map(([name, value]) => {
      if (SECRET.includes(name)) return [name, '***'];
      return [
        name,
        value instanceof Error || typeof value === 'string' ? safeMessage(value) : value,
      ];
    }),
  );
}
