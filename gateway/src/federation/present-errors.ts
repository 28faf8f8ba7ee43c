import type { Log } from '@assay/kit';
import type { ExecutionResult } from 'graphql';
import { clientError } from './client-error.ts';

/** The same result with errors as clients see them; presenting twice changes nothing. */
export function presentErrors(
  result: ExecutionResult,
  requestId: string,
  log: Log,
): ExecutionResult {
  if (result.errors === undefined || result.errors.length === 0) return result;
  const masked = (error: unknown) => log.error({ err: error, requestId }, 'unexpected error');
  const errors = result.errors.map((error) => clientError(error, requestId, masked));
  return { ...result, errors } as unknown as ExecutionResult;
}
