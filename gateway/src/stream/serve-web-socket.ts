import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { formatError } from '@assay/kit';
import { AssayError } from '@assay/wire';
import { type ExecutionArgs, GraphQLError, Kind, OperationTypeNode } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { MAX_GRAPHQL_BYTES } from '../edge/graphql-request.ts';
import { peerOf } from '../edge/peer.ts';
import { type CallerContext, identifyCaller } from '../federation/caller.ts';
import type { OperationParams, RunOperation } from '../federation/run-operation.ts';
import { gatherFrames } from './gather-frames.ts';

export interface StreamServer {
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Sockets open now. */
  count(): number;
  /** Says goodbye (1001) to every socket; their sources close. */
  close(): Promise<void>;
}

export interface WebSocketOptions {
  readonly trustProxy: boolean;
  readonly keepAliveMs?: number;
}

const UNAUTHORIZED = 4401;
/** Operations that one socket may have under way. */
const OPERATIONS_PER_SOCKET = 256;

/** graphql-ws wants a parsed operation to tell streams from answers; the federation parses, so it sees this one. */
const ANY_OPERATION = {
  kind: Kind.DOCUMENT,
  definitions: [
    {
      kind: Kind.OPERATION_DEFINITION,
      operation: OperationTypeNode.SUBSCRIPTION,
      selectionSet: { kind: Kind.SELECTION_SET, selections: [] },
    },
  ],
} as const;

interface Connection {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
  context?: CallerContext;
}

/** GraphQL over WebSocket (graphql-transport-ws). Who asks is settled once, by connectionParams.authorization. */
export function serveWebSocket(operation: RunOperation, options: WebSocketOptions): StreamServer {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_GRAPHQL_BYTES });
  const run = (args: ExecutionArgs) => {
    const { params, context } = args.contextValue as Operation;
    return operation(params, context);
  };
  const server = useServer(
    {
      isProd: true,
      connectionInitWaitTimeout: 15_000,
      onConnect: ({ connectionParams, extra }) =>
        admit(extra as unknown as Connection, connectionParams, options.trustProxy),
      onSubscribe: ({ extra, subscriptions }, _, params) => {
        if (Object.keys(subscriptions).length > OPERATIONS_PER_SOCKET) return [tooMany()];
        const { context } = extra as unknown as Connection;
        return { document: ANY_OPERATION, contextValue: { params, context } } as never;
      },
      // Errors have their client form already, which is plain data: graphql-ws would call their toJSON.
      onNext: (_context, _id, _payload, _args, result) => result as never,
      execute: run as never,
      subscribe: run as never,
    },
    sockets as never,
    options.keepAliveMs ?? 12_000,
  );
  return {
    handleUpgrade(request, socket, head) {
      sockets.handleUpgrade(request, socket, head, (ws) => {
        gatherFrames(ws, socket);
        sockets.emit('connection', ws, request);
      });
    },
    count: () => sockets.clients.size,
    close: async () => server.dispose(),
  };
}

function tooMany(): GraphQLError {
  const originalError = new AssayError('G801', {
    details: { limit: OPERATIONS_PER_SOCKET },
    hint: 'End some operations of this socket, or open another.',
  });
  const { message, extensions = {} } = formatError(originalError);
  return new GraphQLError(message, { extensions });
}

interface Operation {
  readonly params: OperationParams;
  readonly context: CallerContext;
}

function admit(
  connection: Connection,
  params: Readonly<Record<string, unknown>> | undefined,
  trustProxy: boolean,
): boolean {
  const { request, socket } = connection;
  const authorization =
    params?.authorization ?? params?.Authorization ?? request.headers.authorization;
  try {
    const caller = identifyCaller(authorization, request.headers['x-request-id']);
    connection.context = { caller, peer: peerOf(request, trustProxy) };
    return true;
  } catch (error) {
    const { code, message } = error instanceof AssayError ? error : new AssayError('G800');
    socket.close(UNAUTHORIZED, `${code} ${message}`.slice(0, 120));
    return false;
  }
}
