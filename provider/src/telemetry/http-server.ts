import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AssayError } from '@assay/wire';

type Answer = { readonly status?: number; readonly type?: string; readonly body: string };
export type Routes = Readonly<Record<string, (body: string) => Promise<Answer> | Answer>>;

const BODY_LIMIT = 4096;

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
): Promise<Server> {
  const server = createServer((request, response) => void answer(routes, request, response));
  server.headersTimeout = 5_000;
  server.requestTimeout = 10_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      reject(
        new AssayError(cause.code === 'EADDRINUSE' ? 'P323' : 'P320', {
          cause,
          details: { ...at, reason: cause.code },
          hint: 'Choose another http.port (0 takes a free one).',
        }),
      ),
    );
    server.listen(at, resolve);
  });
  return server;
}

export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}

async function answer(
  routes: Routes,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = new URL(request.url ?? '/', 'http://local').pathname;
  const route = routes[`${request.method} ${path}`];
  let result: Answer;
  try {
    result = route
      ? await route(await bodyOf(request))
      : json({ error: 'not found', routes: Object.keys(routes) }, 404);
  } catch (error) {
    result = json(
      error instanceof AssayError ? error : { error: 'internal error' },
      error instanceof AssayError ? 409 : 500,
    );
  }
  response.writeHead(result.status ?? 200, {
    'content-type': result.type ?? 'text/plain; charset=utf-8',
  });
  response.end(result.body);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const part of request) {
    body += String(part);
    if (body.length > BODY_LIMIT)
      throw new AssayError('I100', { details: { reason: 'the body is too long' } });
  }
  return body;
}
