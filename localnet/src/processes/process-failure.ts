import { AssayError } from '@assay/wire';

const CODES = {
  notReady: 'N900',
  portTaken: 'N901',
  exited: 'N902',
  notInstalled: 'N903',
} as const;

/** The error of a child process: names it, and says in `hint` what happened and what to do. */
export function processFailure(
  kind: keyof typeof CODES,
  facts: { process: string; hint: string; cause?: unknown; [detail: string]: unknown },
): AssayError {
  const { hint, cause, ...details } = facts;
  return new AssayError(CODES[kind], { details, hint: `${details.process}: ${hint}`, cause });
}
