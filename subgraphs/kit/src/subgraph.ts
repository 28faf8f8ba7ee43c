import type { DocumentNode, ExecutionResult, GraphQLSchema } from 'graphql';

export const SUBGRAPH_NAMES = ['models', 'providers', 'jobs', 'reputation'] as const;
export type SubgraphName = (typeof SUBGRAPH_NAMES)[number];

/** One GraphQL operation for a subgraph, as the gateway plans it. */
export interface SubgraphRequest {
  readonly document: DocumentNode;
  readonly variables?: Record<string, unknown>;
  readonly operationName?: string;
  /** The signed identity header (`IDENTITY_HEADER`), checked by the subgraph in both ways to run. */
  readonly identityHeader: string;
}

/**
 * A federated subgraph in this process. Queries and mutations go through its own ApolloServer, subscriptions
 * through its executor; serving it over HTTP and WebSocket is `serveSubgraph`.
 */
export interface Subgraph {
  readonly name: SubgraphName;
  /** Federation 2 SDL, the input of composition. */
  readonly sdl: string;
  readonly schema: GraphQLSchema;
  execute(request: SubgraphRequest): Promise<ExecutionResult>;
  /** The iterator's `return()` releases the source at once. */
  subscribe(request: SubgraphRequest): Promise<AsyncIterable<ExecutionResult> | ExecutionResult>;
  close(): Promise<void>;
}
