import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Log } from '@assay/kit';
import { AssayError } from '@assay/wire';
import { identifyCaller } from '../federation/caller.ts';
import { type RateLimit, takeRate } from '../federation/rate-limit.ts';
import type { Exchange, Route } from './exchange.ts';
import { statusOf } from './http-status.ts';
import { peerOf } from './peer.ts';
import { sendJson } from './send.ts';

export interface EdgeOptions {
  readonly routes: readonly Route[];
  readonly rate: RateLimit;
  readonly trustProxy: boolean;
  readonly log: Log;
  /** Ends streams when it aborts. */
  readonly closing: AbortSignal;
  /** Hears of every answer, by the name of its route. */
  readonly onAnswer?: (route: string, status: number, seconds: number) => void;
}

/** Pages of any origin may call the gateway: nothing here rests on cookies. */
const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET, HEAD, POST, PUT, OPTIONS',
  'access-control-allow-headers':
    '*, authorization, content-type, x-request-id, inference-header-content-length',
  'access-control-expose-headers':
    'x-request-id, retry-after, inference-header-content-length, x-assay-job-id',
  'access-control-max-age': '86400',
};

/** The gateway's one HTTP server: finds the route, says who asks, and answers every error in the route's dialect. */
export function createEdgeServer(options: EdgeOptions): Server {
  const { routes } = options;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(CORS)) response.setHeader(name, value);
    if (request.method === 'OPTIONS') return void response.writeHead(204).end();
    const url = new URL(request.url ?? '/', 'http://gateway');
    const here = routes.filter(({ path }) => path.test(url.pathname));
    const route = here.find(({ method }) => method === request.method || method === '*');
    const begun = performance.now();
    response.once('close', () => {
      const seconds = (performance.now() - begun) / 1000;
      options.onAnswer?.(route?.name ?? 'none', response.statusCode, seconds);
    });
    try {
      if (route === undefined) return refuseRoute(response, url.pathname, here);
      await route.handle(exchangeOf({ request, response, url, route }, options));
    } catch (error) {
      fail({ request, response, route }, error, options.log);
    }
  }

  return createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    answer(request, response).catch((err) => {
      options.log.error({ err }, 'request broke off');
      response.destroy();
    });
  });
}

interface Arrived {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  readonly route: Route;
}

function exchangeOf({ request, response, url, route }: Arrived, options: EdgeOptions): Exchange {
  const { authorization, 'x-request-id': given } = request.headers;
  const caller = identifyCaller(authorization, given);
  response.setHeader('x-request-id', caller.requestId);
  const context = { caller, peer: peerOf(request, options.trustProxy) };
  if (route.counted) takeRate(options.rate, context);
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort(new Error('the client has gone'));
  });
  const params = route.path.exec(url.pathname)?.groups ?? {};
  const { closing } = options;
  return { request, response, url, params, context, signal: gone.signal, closing };
}

function refuseRoute(response: ServerResponse, path: string, here: readonly Route[]): void {
  if (here.length > 0) {
    response.setHeader('allow', here.map(({ method }) => method).join(', '));
    sendJson(response, 405, { error: 'This method is not allowed here.' });
  } else {
    sendJson(response, 404, { error: `Nothing is served at ${path.slice(0, 200)}.` });
  }
}

interface Failing {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly route: Route | undefined;
}

function fail({ request, response, route }: Failing, error: unknown, log: Log): void {
  const requestId = String(response.getHeader('x-request-id') ?? '');
  const known =
    error instanceof AssayError ? error : new AssayError('G800', { details: { requestId } });
  if (known !== error && !request.destroyed)
    log.error({ err: error, requestId }, 'unexpected error');
  if (response.headersSent || response.destroyed) return void response.destroy();
  const status = statusOf(known);
  if (known.retryAfterMs !== undefined) {
    response.setHeader('retry-after', Math.ceil(known.retryAfterMs / 1000));
  }
  // The rest of an unread body would be taken for the next request.
  if (!request.complete) response.setHeader('connection', 'close');
  sendJson(response, status, route?.describe?.(known, status) ?? { error: known });
}
