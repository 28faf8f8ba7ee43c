import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ServableSubgraph } from '@assay/kit';
import type { JobsPort } from '@assay/wire';

/** The job market in this process: its subgraph, its port for the edges and its end of the provider link. */
export interface JobsMarket {
  readonly subgraph: ServableSubgraph;
  readonly port: JobsPort;
  /** Takes the WebSocket upgrade of `/provider`. */
  handleProviderUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Prometheus text of this market's own metrics. */
  metrics(): Promise<string>;
  /** Lets running jobs finish for a moment, says goodbye to providers, closes Redis. */
  close(): Promise<void>;
}
