import { once, setMaxListeners } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { BlobStore, Log, Redis } from '@assay/kit';
import type { Backend } from './backend.ts';
import { blobRoutes } from './edge/blob-routes.ts';
import { type EvidenceDoor, evidenceRoutes } from './edge/evidence-routes.ts';
import { graphqlRoutes } from './edge/graphql-route.ts';
import { healthRoutes } from './edge/health-routes.ts';
import { createEdgeServer } from './edge/http-server.ts';
import { createModelCatalogue } from './edge/jobs/model-catalogue.ts';
import { oipRoutes } from './edge/oip/oip-routes.ts';
import { openaiRoutes } from './edge/openai/openai-routes.ts';
import { createFederation } from './federation/create-federation.ts';
import { createRateLimit } from './federation/rate-limit.ts';
import { createGatewayMetrics } from './gateway-metrics.ts';
import { type StreamServer, serveWebSocket } from './stream/serve-web-socket.ts';
import { shareTopics } from './stream/shared-topics.ts';

export interface GatewayOptions {
  readonly backend: Backend;
  readonly blobs: BlobStore;
  /** Absent where the gateway does not know the chain. */
  readonly evidence?: EvidenceDoor | undefined;
  readonly redis?: Redis | undefined;
  readonly identitySecret: string;
  readonly host: string;
  readonly port: number;
  readonly ratePerMinute: number;
  readonly trustProxy: boolean;
  readonly log: Log;
}

/** The running front door. */
export interface Gateway {
  readonly port: number;
  /** Stops accepting, ends streams with 1001, lets answers under way finish, then drops what is left. */
  close(): Promise<void>;
}

const DRAIN_MS = 3_000;

/** Serves everything a client or provider reaches, on one port. Listens only when the supergraph can answer. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { backend, blobs, redis, log, trustProxy } = options;
  const rate = createRateLimit({ perMinute: options.ratePerMinute, redis, log });
  const { identitySecret } = options;
  const federation = await createFederation({ ...backend, identitySecret, rate, log });
  const run = shareTopics(federation.run, rate, log);
  const streams = serveWebSocket(run, { trustProxy });
  const metrics = createGatewayMetrics(streams.count);
  const ready = async () => void (await redis?.ping());
  const allMetrics = async () => (await metrics.text()) + (await backend.metrics());
  const models = createModelCatalogue(federation);
  const market = { jobs: backend.jobs, models, blobs, log };
  const routes = [
    ...graphqlRoutes(run, log),
    ...blobRoutes(blobs),
    ...(options.evidence === undefined ? [] : evidenceRoutes(options.evidence)),
    ...oipRoutes(market),
    ...openaiRoutes(market),
    ...healthRoutes({ ready, metrics: allMetrics }),
  ];
  const onAnswer = metrics.answered;
  const shutdown = new AbortController();
  const closing = shutdown.signal;
  setMaxListeners(0, closing); // one for every open stream
  const server = createEdgeServer({ routes, rate, trustProxy, log, closing, onAnswer });
  routeUpgrades(server, streams, backend);
  const port = await listen(server, options.port, options.host);
  return {
    port,
    async close() {
      const closed = once(server, 'close');
      server.close();
      shutdown.abort();
      await streams.close();
      server.closeIdleConnections();
      const late = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
      await closed;
      clearTimeout(late);
      await rate.close();
      await federation.close();
    },
  };
}

function routeUpgrades(server: Server, streams: StreamServer, backend: Backend): void {
  server.on('upgrade', (request, socket, head) => {
    const path = request.url?.split('?')[0];
    socket.on('error', () => socket.destroy());
    if (path === '/graphql') return streams.handleUpgrade(request, socket, head);
    if (path === '/provider' && backend.handleProviderUpgrade !== undefined) {
      return backend.handleProviderUpgrade(request, socket, head);
    }
    socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
  });
}

async function listen(server: Server, port: number, host: string): Promise<number> {
  server.listen(port, host);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
