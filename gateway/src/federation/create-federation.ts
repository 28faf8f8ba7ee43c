import type { Log } from '@assay/kit';
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime';
import { composeSupergraph } from './compose-supergraph.ts';
import { executeAtSubgraphs, identitySigner } from './execute-at-subgraph.ts';
import { createPlanner } from './plan-in-rust.ts';
import type { RateLimit } from './rate-limit.ts';
import type { FederatedSubgraph } from './remote-subgraph.ts';
import { createRunOperation, type RunOperation } from './run-operation.ts';

export interface FederationOptions {
  readonly subgraphs: readonly FederatedSubgraph[];
  readonly identitySecret: string;
  readonly rate: RateLimit;
  readonly log: Log;
}

/** The supergraph, ready to answer. */
export interface Federation {
  readonly run: RunOperation;
  close(): Promise<void>;
}

/** Composes the subgraphs and plans over them in Rust. The returned federation has loaded its schema. */
export async function createFederation(options: FederationOptions): Promise<Federation> {
  const { subgraphs, identitySecret, rate, log } = options;
  const supergraph = composeSupergraph(subgraphs);
  const planner = createPlanner(executeAtSubgraphs(subgraphs, identitySigner(identitySecret)));
  const runtime = createGatewayRuntime({
    supergraph,
    unifiedGraphHandler: planner.handler,
    logging: false,
  });
  const schema = await runtime.getSchema(); // an operation before this one would be refused
  return {
    run: createRunOperation({ schema, execute: planner.execute, rate, log }),
    close: async () => runtime.dispose(),
  };
}
