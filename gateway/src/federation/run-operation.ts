import { type Log, mapIterator } from '@assay/kit';
import { type ExecutionResult, GraphQLError, type GraphQLSchema, getOperationAST } from 'graphql';
import type { CallerContext } from './caller.ts';
import { createDocumentCache } from './document-cache.ts';
import { refuseHeavy, refuseUnsafe } from './operation-limits.ts';
import { type OperationResult, type PlanAndExecute, takeErrors } from './plan-in-rust.ts';
import { presentErrors } from './present-errors.ts';
import { type RateLimit, takeRate } from './rate-limit.ts';

/** One GraphQL operation as a client sends it. */
export interface OperationParams {
  readonly query?: string;
  readonly operationName?: string;
  readonly variables?: Record<string, unknown>;
  readonly extensions?: Record<string, unknown>;
}

/** Runs one operation, whichever way it came. Errors are answers, in their client form; it never rejects. */
export type RunOperation = (
  params: OperationParams,
  context: CallerContext,
) => Promise<OperationResult>;

export interface RunOptions {
  readonly schema: GraphQLSchema;
  readonly execute: PlanAndExecute;
  readonly rate: RateLimit;
  readonly log: Log;
}

/** Validate, decide, execute, report: the way of every operation through the gateway. */
export function createRunOperation({ schema, execute, rate, log }: RunOptions): RunOperation {
  const documents = createDocumentCache(schema);

  function admit(
    { query = '', operationName, variables }: OperationParams,
    context: CallerContext,
  ) {
    if (!context.internal) takeRate(rate, context);
    const document = documents.get(query);
    const operation = getOperationAST(document, operationName);
    if (!operation) throw unknownOperation(operationName);
    if (context.safeOnly) refuseUnsafe(operation);
    refuseHeavy({ schema, document, operationName, variables });
    const named = operationName === undefined ? {} : { operationName };
    return { document, variables: variables ?? {}, operationType: operation.operation, ...named };
  }

  return async (params, context) => {
    const { requestId } = context.caller;
    const present = (result: ExecutionResult) => presentErrors(result, requestId, log);
    try {
      // A context of its own: the runtime keeps an operation's state by it.
      const result = await execute({ ...admit(params, context), context: { ...context } });
      if (!(Symbol.asyncIterator in result)) return present(result);
      const events = mapIterator(result, (one) => present(takeErrors(one)));
      return lastWord(events, (error) => present(failure(error)));
    } catch (error) {
      return present(failure(error));
    }
  };
}

function failure(error: unknown): ExecutionResult {
  const errors = error instanceof AggregateError ? error.errors : [error];
  return { errors } as ExecutionResult;
}

function unknownOperation(operationName: string | undefined): GraphQLError {
  const message =
    operationName === undefined
      ? 'Must provide operation name if query contains multiple operations.'
      : `Unknown operation named "${operationName.slice(0, 100)}".`;
  return new GraphQLError(message, { extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } });
}

/** A stream that breaks says why in its last event. */
function lastWord<T>(
  events: AsyncIterableIterator<T>,
  explain: (error: unknown) => T,
): AsyncIterableIterator<T> {
  let broken = false;
  return {
    async next() {
      if (broken) return { done: true, value: undefined };
      try {
        return await events.next();
      } catch (error) {
        broken = true;
        return { done: false, value: explain(error) };
      }
    },
    async return() {
      broken = true;
      await events.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
