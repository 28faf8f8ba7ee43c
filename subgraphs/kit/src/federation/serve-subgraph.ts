import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expressMiddleware } from '@as-integrations/express5';
import { AssayError, IDENTITY_HEADER } from '@assay/wire';
import express, { type Express } from 'express';
import { type ExecutionArgs, parse } from 'graphql';
import { createHandler } from 'graphql-sse/lib/use/express';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import type { SubgraphRequest } from '../subgraph.ts';
import type { ServableSubgraph } from './create-subgraph.ts';
import { formatError } from './format-error.ts';

/** A GraphQL body may have this many bytes; tensors above 64 KiB are blobs. */
export const MAX_GRAPHQL_BYTES = 1024 * 1024;

export interface ServeOptions {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** Adds routes and upgrade handlers before the server listens. */
  readonly attach?: (parts: { readonly app: Express; readonly server: Server }) => void;
}

export interface ServedSubgraph {
  readonly url: string;
  readonly port: number;
  /** Stops listening and ends what is open; does not close the subgraph itself. */
  close(): Promise<void>;
}

/** Serves a subgraph: /graphql (HTTP and graphql-ws), /graphql/stream (SSE), /healthz, /readyz, /metrics. */
export async function serveSubgraph(
  subgraph: ServableSubgraph,
  options: ServeOptions,
): Promise<ServedSubgraph> {
  const app = express().disable('x-powered-by');
  const server = createServer(app);
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_GRAPHQL_BYTES });
  const streams = serveWebSocket(subgraph, sockets);
  server.on('upgrade', (request, socket, head) => {
    if (pathOf(request) !== '/graphql') return;
    sockets.handleUpgrade(request, socket, head, (ws) => sockets.emit('connection', ws, request));
  });
  addHealth(app, subgraph);
  options.attach?.({ app, server });
  addGraphql(app, subgraph);

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://${options.host}:${port}/graphql`,
    async close() {
      await streams.dispose();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}

const pathOf = (request: IncomingMessage) => request.url?.split('?')[0];

function addHealth(app: Express, subgraph: ServableSubgraph): void {
  app.get('/healthz', (_, response) => void response.send('ok'));
  app.get('/readyz', async (_, response) => {
    try {
      await subgraph.ready();
      response.send('ready');
    } catch (error) {
      response.status(503).json(formatError(error));
    }
  });
  app.get('/metrics', async (_, response) => {
    response.type(subgraph.registry.contentType).send(await subgraph.registry.metrics());
  });
}

function addGraphql(app: Express, subgraph: ServableSubgraph): void {
  const execution = executionOf(subgraph);
  const stream = createHandler({
    schema: subgraph.schema,
    onSubscribe: (request, { operationName, query, variables }) =>
      execution.arguments(
        { query, operationName, variables },
        request.raw.header(IDENTITY_HEADER) ?? '',
      ) as never,
    execute: execution.execute,
    subscribe: execution.subscribe as never,
  });
  app.use('/graphql/stream', (request, response) => stream(request, response));
  app.use('/graphql', express.json({ limit: MAX_GRAPHQL_BYTES }), refuseBadBody);
  app.use(
    '/graphql',
    expressMiddleware(subgraph.apollo, {
      context: ({ req }) => subgraph.contextOf(req.header(IDENTITY_HEADER)),
    }),
  );
}

/** A body that is too large or no JSON: a typed answer instead of express's page. */
function refuseBadBody(
  error: unknown,
  _: express.Request,
  response: express.Response,
  next: express.NextFunction,
): void {
  const status = (error as { status?: number }).status;
  if (status === undefined) {
    next(error);
    return;
  }
  const code = status === 413 ? 'G802' : 'I100';
  response.status(status).json({ errors: [formatError(new AssayError(code))] });
}

function serveWebSocket(subgraph: ServableSubgraph, sockets: WebSocketServer) {
  const execution = executionOf(subgraph);
  return useServer(
    {
      onSubscribe: (context, _, payload) =>
        execution.arguments(payload, identityOf(context, payload.extensions)) as ExecutionArgs,
      execute: execution.execute,
      subscribe: execution.subscribe as never,
    },
    sockets as never,
  );
}

/** The gateway may sign each operation, the connection, or the upgrade request. */
function identityOf(
  context: { connectionParams?: Record<string, unknown> | undefined; extra: object },
  extensions: Record<string, unknown> | null | undefined,
): string {
  const { request } = context.extra as { request: IncomingMessage };
  const headers = (extensions?.headers ?? {}) as Record<string, unknown>;
  const candidates = [
    headers[IDENTITY_HEADER],
    context.connectionParams?.[IDENTITY_HEADER],
    request.headers[IDENTITY_HEADER],
  ];
  return candidates.find((value): value is string => typeof value === 'string') ?? '';
}

interface Operation {
  readonly query: string;
  readonly operationName?: string | null | undefined;
  readonly variables?: Record<string, unknown> | null | undefined;
}

/** Routes both stream protocols through the subgraph's own execute and subscribe. */
function executionOf(subgraph: ServableSubgraph) {
  const requestOf = (args: ExecutionArgs): SubgraphRequest => ({
    document: args.document,
    identityHeader: args.contextValue as string,
    ...(args.variableValues && { variables: args.variableValues as Record<string, unknown> }),
    ...(args.operationName && { operationName: args.operationName }),
  });
  return {
    arguments: (operation: Operation, identityHeader: string): ExecutionArgs => ({
      schema: subgraph.schema,
      document: parse(operation.query),
      variableValues: operation.variables,
      operationName: operation.operationName,
      contextValue: identityHeader,
    }),
    execute: (args: ExecutionArgs) => subgraph.execute(requestOf(args)),
    subscribe: (args: ExecutionArgs) => subgraph.subscribe(requestOf(args)),
  };
}
