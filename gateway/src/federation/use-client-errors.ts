import type { Log } from '@assay/kit';
import type { GatewayPlugin } from '@graphql-hive/gateway-runtime';
import { isAsyncIterable, mapAsyncIterator } from '@graphql-tools/utils';
import type { ExecutionResult } from 'graphql';
import type { CallerContext } from './caller.ts';
import { clientError } from './client-error.ts';

/** Gives every error of every answer its client form, in single results and in streams alike. */
export function useClientErrors(log: Log): GatewayPlugin<CallerContext> {
  return {
    onExecutionResult({ result, setResult, context }) {
      const { requestId } = (context as unknown as CallerContext).caller;
      const present = (one: ExecutionResult) => presentErrors(one, requestId, log);
      if (isAsyncIterable(result)) {
        setResult(mapAsyncIterator(result as AsyncIterable<ExecutionResult>, present) as never);
      } else if (result !== undefined && !Array.isArray(result)) {
        setResult(present(result as ExecutionResult) as never);
      }
    },
  };
}

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
