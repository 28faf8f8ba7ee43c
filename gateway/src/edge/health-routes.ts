import type { Exchange, Route } from './exchange.ts';
import { send, sendJson } from './send.ts';

export interface Health {
  /** Rejects while the gateway should get no traffic. */
  readonly ready: () => Promise<void>;
  /** Prometheus text. */
  readonly metrics: () => Promise<string>;
}

const TEXT = { 'content-type': 'text/plain; charset=utf-8' };

/** `/healthz`: the process answers. `/readyz`: so does what it needs. `/metrics`: for Prometheus. */
export function healthRoutes({ ready, metrics }: Health): Route[] {
  const get = (path: RegExp, handle: (exchange: Exchange) => Promise<void>): Route => ({
    name: 'health',
    method: 'GET',
    path,
    handle,
  });
  return [
    get(/^\/healthz$/, async ({ response }) => send(response, 200, 'ok', TEXT)),
    get(/^\/readyz$/, async ({ response }) => {
      await ready();
      sendJson(response, 200, { ready: true });
    }),
    get(/^\/metrics$/, async ({ response }) =>
      send(response, 200, await metrics(), { 'content-type': 'text/plain; version=0.0.4' }),
    ),
  ];
}
