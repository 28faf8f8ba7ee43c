import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { AssayError } from '@assay/wire';

type Answer = { readonly status?: number; readonly type?: string; readonly body: string };
export type Routes = Readonly<Record<string, (body: string) => Promise<Answer> | Answer>>;

const BODY_LIMIT = 4096;

export interface HttpLimits {
  /** How long a request's headers may take to arrive. */
  readonly headersMs: number;
  /** A connection that says nothing for this long is closed. */
  readonly idleMs: number;
  readonly connections: number;
}
/** Enough for a scraper, a probe and an operator; a stranger cannot hold more of the supervisor than this. */
const LIMITS: HttpLimits = { headersMs: 5_000, idleMs: 10_000, connections: 64 };

export const json = (value: unknown, status = 200): Answer => ({
  status,
  type: 'application/json',
  body: JSON.stringify(value, (_, field: unknown) =>
    typeof field === 'bigint' ? field.toString() : field,
  ),
});

/** Serves `METHOD /path` routes on a port or a unix socket. */
export async function serveHttp(
  routes: Routes,
  at: { host: string; port: number } | { path: string },
  limits: HttpLimits = LIMITS,
): Promise<Server> {
  const server = createServer(
    // The default looks for late headers only every 30 s.
    { connectionsCheckingInterval: Math.min(1_000, limits.headersMs) },
    (request, response) => {
      answer(routes, request, response).catch(() => response.destroy());
    },
  );
  server.headersTimeout = limits.headersMs;
  server.requestTimeout = Math.max(limits.headersMs, LIMITS.idleMs);
  server.maxConnections = limits.connections;
  // A silent connection ends; an answer that is being worked on does not, a claim waits for its block.
  server.on('connection', (socket) =>
    socket.setTimeout(limits.idleMs, () => {
      if (!busy.has(socket)) socket.destroy();
    }),
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        'path' in at
          ? new AssayError(cause.code === 'EADDRINUSE' ? 'P323' : 'P320', {
              cause,
              details: { ...at, reason: cause.code },
              hint: 'The control socket cannot be opened: look at dataDir, its mode and its length.',
            })
          : new AssayError('P320', {
              cause,
              details: { ...at, reason: cause.code },
              hint: 'Choose another http.port (0 takes a free one) or http.host.',
            }),
      ),
    );
    server.listen(at, resolve);
  });
  return server;
}

/** Connections whose request is being answered. */
const busy = new WeakSet<Socket>();

export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

async function answer(
  routes: Routes,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  busy.add(request.socket);
  const result = await answerOf(routes, request);
  busy.delete(request.socket);
  if (response.destroyed) return;
  response.writeHead(result.status ?? 200, {
    'content-type': result.type ?? 'text/plain; charset=utf-8',
    // What is left of a request nobody read would be taken for the next one.
    ...(!request.complete && { connection: 'close' }),
  });
  response.end(result.body);
}

async function answerOf(routes: Routes, request: IncomingMessage): Promise<Answer> {
  const name = `${request.method} ${pathOf(request.url)}`;
  const route = Object.hasOwn(routes, name) ? routes[name] : undefined;
  if (!route) return json({ error: 'not found', routes: Object.keys(routes) }, 404);
  try {
    return await route(await bodyOf(request));
  } catch (error) {
    if (error instanceof AssayError) return json(error, 409);
    return json({ error: 'internal error' }, 500);
  }
}

/** `new URL` throws on what a stranger may send, `//` among it: routes are plain text, so everything before `?` is enough. */
const pathOf = (target = '/'): string => target.split('?', 1)[0] ?? '/';

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const part of request) {
    body += String(part);
    if (body.length > BODY_LIMIT)
      throw new AssayError('I100', { details: { reason: 'the body is too long' } });
  }
  return body;
}
