import type { UnifiedGraphHandler } from '@graphql-hive/gateway-runtime';
import { unifiedGraphHandler } from '@graphql-hive/router-runtime';
import type { ExecutionRequest } from '@graphql-tools/utils';
import type { ExecutionResult } from 'graphql';

export type OperationResult = ExecutionResult | AsyncIterable<ExecutionResult>;
export type PlanAndExecute = (request: ExecutionRequest) => Promise<OperationResult>;

/** Answers one request that the planner sends to a subgraph. */
export type ExecuteAtSubgraph = (subgraph: string, request: ExecutionRequest) => unknown;

/** The Rust planner, once the runtime has loaded the supergraph. */
export interface Planner {
  readonly handler: UnifiedGraphHandler;
  readonly execute: PlanAndExecute;
}

/**
 * Hands the Rust planner to the runtime and keeps its executor. The runtime's own pipeline around it (Yoga, Envelop,
 * transport hooks) costs a fifth of an operation and does nothing here that `createRunOperation` does not do.
 */
export function createPlanner(executeAtSubgraph: ExecuteAtSubgraph): Planner {
  let loaded: PlanAndExecute | undefined;
  return {
    async handler(options) {
      const onSubgraphExecute = executeAtSubgraph as typeof options.onSubgraphExecute;
      const handled = await unifiedGraphHandler({ ...options, onSubgraphExecute });
      loaded = handled.executor as PlanAndExecute | undefined;
      return handled;
    },
    async execute(request) {
      if (loaded === undefined) throw new Error('the supergraph is not loaded');
      return loaded(request);
    },
  };
}

/**
 * The planner keeps one array of errors for a whole subscription, so that one failed entity fetch would be reported
 * with every later event. Each event takes the errors found since the last one.
 */
export function takeErrors(result: ExecutionResult): ExecutionResult {
  const { errors, ...rest } = result;
  if (errors === undefined || errors.length === 0) return rest;
  return { ...rest, errors: (errors as unknown[]).splice(0) as typeof errors };
}
