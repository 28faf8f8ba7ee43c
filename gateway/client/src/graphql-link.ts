import { type Client, createClient } from 'graphql-ws';
import { dataOf } from './remote-error.ts';

export interface Endpoints {
  /** `http(s)://…/graphql` */
  readonly graphql: string;
  /** `ws(s)://…/graphql`; derived from `graphql` where absent. */
  readonly graphqlWs?: string;
  /** For runtimes without a global WebSocket (Node before 22). */
  readonly webSocketImpl?: unknown;
}

/** One caller's way to the marketplace: answers over HTTP, streams over one WebSocket. */
export interface GraphqlLink {
  /** Throws a RemoteError. */
  ask<T>(query: string, variables?: Record<string, unknown>): Promise<T>;
  /** Raw results; ends or throws when the connection does. */
  stream(query: string, variables: Record<string, unknown>): AsyncIterableIterator<StreamResult>;
  close(): Promise<void>;
}

export interface StreamResult {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly { message: string; extensions?: Record<string, unknown> }[];
}

export function createGraphqlLink(endpoints: Endpoints, token?: string): GraphqlLink {
  const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const socket = createSocket(endpoints, authorization);
  return {
    async ask<T>(query: string, variables = {}) {
      const response = await fetch(endpoints.graphql, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json',
          ...authorization,
        },
        body: JSON.stringify({ query, variables }),
      });
      return dataOf<T>((await response.json()) as StreamResult as never);
    },
    stream: (query, variables) =>
      socket.iterate({ query, variables }) as AsyncIterableIterator<StreamResult>,
    close: async () => socket.dispose(),
  };
}

function createSocket(endpoints: Endpoints, authorization: Record<string, string>): Client {
  const { graphql, graphqlWs = graphql.replace(/^http/, 'ws'), webSocketImpl } = endpoints;
  return createClient({
    url: graphqlWs,
    connectionParams: authorization,
    keepAlive: 10_000,
    retryAttempts: 0, // `followJob` resumes by itself, from the last event it saw
    lazyCloseTimeout: 1_000,
    ...(webSocketImpl === undefined ? {} : { webSocketImpl }),
  });
}
