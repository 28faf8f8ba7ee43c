import type { UnifiedGraphHandler } from '@graphql-hive/gateway-runtime';
import { unifiedGraphHandler } from '@graphql-hive/router-runtime';
import { type ExecutionResult, isAsyncIterable, mapAsyncIterator } from '@graphql-tools/utils';

/**
 * The Rust planner's handler, mended: it keeps one array of errors for a whole subscription, so that one failed
 * entity fetch would be reported with every later event. Here each event takes the errors found since the last one.
 */
export const planInRust: UnifiedGraphHandler = async (options) => {
  const handled = await unifiedGraphHandler(options);
  const execute = handled.executor;
  if (execute === undefined) throw new Error('the planner brings no executor');
  return {
    ...handled,
    async executor(request) {
      const result = await execute(request);
      return isAsyncIterable(result) ? mapAsyncIterator(result, takeErrors) : result;
    },
  };
};

function takeErrors(result: ExecutionResult): ExecutionResult {
  const { errors, ...rest } = result;
  if (errors === undefined || errors.length === 0) return rest;
  return { ...rest, errors: (errors as unknown[]).splice(0) as typeof errors };
}
