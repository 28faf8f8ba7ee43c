import { type ServedSubgraph, serveSubgraph } from '@assay/kit';
import { createPortHandler, PORT_PATH } from './adapters/jobs-port/serve-jobs-port.ts';
import type { JobsMarket } from './jobs-market.ts';

export const PROVIDER_PATH = '/provider';

export interface ServeJobsOptions {
  readonly host: string;
  readonly port: number;
  readonly identitySecret: string;
}

/** Serves a market on its own: GraphQL, the provider link and the internal port. */
export function serveJobs(
  market: JobsMarket,
  { host, port, identitySecret }: ServeJobsOptions,
): Promise<ServedSubgraph> {
  const handler = createPortHandler(market.port, identitySecret);
  return serveSubgraph(market.subgraph, {
    host,
    port,
    attach({ app, server }) {
      app.use((request, response, next) => {
        if (request.path !== PORT_PATH && !request.path.startsWith(`${PORT_PATH}/`)) {
          next();
          return;
        }
        void handler(request, response);
      });
      server.on('upgrade', (request, socket, head) => {
        if (request.url?.split('?')[0] === PROVIDER_PATH)
          market.handleProviderUpgrade(request, socket, head);
      });
    },
  });
}
