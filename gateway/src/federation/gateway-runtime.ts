import type { Log } from '@assay/kit';
import { createGatewayRuntime } from '@graphql-hive/gateway-runtime';
import type { ExecutionResult } from 'graphql';
import type { CallerContext } from './caller.ts';
import { composeSupergraph } from './compose-supergraph.ts';
import { planInRust } from './plan-in-rust.ts';
import type { RateLimit } from './rate-limit.ts';
import type { FederatedSubgraph } from './remote-subgraph.ts';
import { identitySigner, subgraphTransport } from './subgraph-transport.ts';
import { presentErrors, useClientErrors } from './use-client-errors.ts';
import { useLimits } from './use-limits.ts';

export interface FederationOptions {
  readonly subgraphs: readonly FederatedSubgraph[];
  readonly identitySecret: string;
  readonly rate: RateLimit;
  readonly log: Log;
}

/** One GraphQL operation as a client sends it. */
export interface OperationParams {
  readonly query?: string;
  readonly operationName?: string;
  readonly variables?: Record<string, unknown>;
  readonly extensions?: Record<string, unknown>;
}

export type OperationResult = ExecutionResult | AsyncIterable<ExecutionResult>;

/** The supergraph, ready to answer. */
export interface Federation {
  readonly supergraph: string;
  /** Runs one operation, whichever way it came. Errors are answers here, in their client form. */
  run(params: OperationParams, context: CallerContext): Promise<OperationResult>;
  close(): Promise<void>;
}

/** Composes the subgraphs and plans over them in Rust. The returned federation has loaded its schema. */
export async function createFederation(options: FederationOptions): Promise<Federation> {
  const { subgraphs, identitySecret, rate, log } = options;
  const supergraph = composeSupergraph(subgraphs);
  const runtime = createGatewayRuntime<CallerContext>({
    supergraph,
    unifiedGraphHandler: planInRust,
    transports: { '*': subgraphTransport(subgraphs, identitySigner(identitySecret)) },
    transportEntries: { '*': { kind: '*' } },
    plugins: () => [useLimits(rate), useClientErrors(log)],
    maskedErrors: false,
    subgraphErrors: false,
    requestId: false,
    logging: false,
    graphiql: false,
    landingPage: false,
    cors: false,
  });
  await runtime.getSchema(); // an operation before this one would be refused
  const request = new Request('http://gateway/graphql', { method: 'POST' });
  return {
    supergraph,
    async run(params, context) {
      try {
        const inner = { ...context, request } as never;
        return (await runtime.getResultForParams({ params, request }, inner)) as OperationResult;
      } catch (error) {
        const refused = { errors: [error] } as unknown as ExecutionResult;
        return presentErrors(refused, context.caller.requestId, log);
      }
    },
    close: async () => runtime.dispose(),
  };
}
