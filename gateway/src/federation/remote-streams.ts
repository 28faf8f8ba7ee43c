import type { SubgraphRequest } from '@assay/kit';
import { AssayError, IDENTITY_HEADER } from '@assay/wire';
import type { ExecutionResult } from 'graphql';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { createBoundedQueue } from '../stream/bounded-queue.ts';
import { unreachable } from './remote-subgraph.ts';

/** Events of one subscription that may wait at the gateway for its client. */
const QUEUE_LIMIT = 1_024;

export interface RemoteStreams {
  subscribe(request: SubgraphRequest, query: string): AsyncIterable<ExecutionResult>;
  close(): void;
}

/** Subscriptions at a remote subgraph: all over one WebSocket, each with its own identity header. */
export function createRemoteStreams(name: string, url: string): RemoteStreams {
  const client = createClient({
    url: url.replace(/^http/, 'ws'),
    webSocketImpl: WebSocket,
    keepAlive: 10_000,
    retryAttempts: 0, // a client resumes from the last event it saw; the gateway must not guess
    lazyCloseTimeout: 5_000,
  });
  return {
    subscribe({ variables, operationName, identityHeader }, query) {
      let dispose = (): void => undefined;
      const queue = createBoundedQueue<ExecutionResult>({
        limit: QUEUE_LIMIT,
        overflow: () => failure(new AssayError('G804')),
        release: () => dispose(),
      });
      const payload = {
        query,
        variables: variables ?? {},
        extensions: { headers: { [IDENTITY_HEADER]: identityHeader } },
        ...(operationName === undefined ? {} : { operationName }),
      };
      dispose = client.subscribe(payload, {
        next: (result) => queue.push(result as ExecutionResult),
        error(cause) {
          queue.push(Array.isArray(cause) ? { errors: cause } : failure(unreachable(name, cause)));
          queue.end();
        },
        complete: () => queue.end(),
      });
      return queue;
    },
    close: () => void client.dispose(),
  };
}

function failure(error: AssayError): ExecutionResult {
  return { errors: [error] } as unknown as ExecutionResult;
}
