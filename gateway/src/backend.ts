import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { JobsPort } from '@assay/wire';
import type { FederatedSubgraph } from './federation/remote-subgraph.ts';

/** What stands behind the gateway, in this process or in others. */
export interface Backend {
  readonly subgraphs: readonly FederatedSubgraph[];
  readonly jobs: JobsPort;
  /** Takes the upgrade of `/provider`; absent where providers dial the jobs server itself. */
  readonly handleProviderUpgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Prometheus text of the parts in this process. */
  readonly metrics: () => Promise<string>;
  readonly close: () => Promise<void>;
}
