import type { Log } from '@assay/kit';
import type { GatewayPlugin } from '@graphql-hive/gateway-runtime';
import { isAsyncIterable, mapAsyncIterator } from '@graphql-tools/utils';
import type { ExecutionResult, GraphQLFormattedError } from 'graphql';
import type { CallerContext } from './caller.ts';
import { clientError } from './client-error.ts';

const STATUS: Readonly<Record<string, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  CONFLICT: 409,
  RATE_LIMITED: 429,
  INTERNAL_SERVER_ERROR: 500,
  UNAVAILABLE: 503,
};

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
    /** Errors of HTTP itself, such as a body that is no JSON, appear only here. */
    onResultProcess({ result, setResult, serverContext }) {
      if (isAsyncIterable(result) || Array.isArray(result)) return;
      const { requestId } = (serverContext as unknown as CallerContext).caller;
      setResult(presentErrors(result as ExecutionResult, requestId, log) as never);
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
  return withErrors(result, errors);
}

function withErrors(
  result: ExecutionResult,
  errors: readonly GraphQLFormattedError[],
): ExecutionResult {
  const presented = 'data' in result ? errors : errors.map(withStatus);
  return { ...result, errors: presented } as unknown as ExecutionResult;
}

/** Without `data` the request itself was refused: the HTTP layer answers with a status of its own. */
function withStatus(error: GraphQLFormattedError): GraphQLFormattedError {
  const { code, retryAfterMs, http } = error.extensions ?? {};
  if (http !== undefined) return error;
  const status = STATUS[String(code)] ?? 400;
  const headers =
    typeof retryAfterMs === 'number' ? { 'retry-after': `${Math.ceil(retryAfterMs / 1000)}` } : {};
  return {
    ...error,
    extensions: { ...error.extensions, http: { status, headers, spec: status === 400 } },
  };
}
