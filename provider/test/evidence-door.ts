import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import {
  createDisputeReader,
  createEdgeServer,
  createEvidenceShelf,
  createRateLimit,
  evidenceRoutes,
  type Route,
  // biome-ignore lint/style/noRestrictedImports: the marketplace's real door; a double of it would prove nothing
} from '@assay/gateway';
import { createLog, createRpcClient } from '@assay/kit';
import type { RealChain } from './real-chain.ts';

export interface EvidenceDoorProcess {
  readonly origin: string;
  close(): Promise<void>;
}

/** The marketplace's real evidence door on a real chain, on a port of its own. */
export async function openDoor(chain: RealChain, dir: string): Promise<EvidenceDoorProcess> {
  const { deployment, url } = chain;
  const log = createLog('test', 'silent');
  const rate = createRateLimit({ perMinute: 60_000, log });
  const shelf = await createEvidenceShelf({ dir });
  const routes: Route[] = [];
  const closing = new AbortController().signal;
  const server = createEdgeServer({ routes, rate, trustProxy: false, log, closing });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { SessionEscrow: verifyingContract } = deployment.contracts;
  const disputes = createDisputeReader({ rpc: createRpcClient(url), deployment });
  const domain = { chainId: deployment.chainId, verifyingContract };
  const limits = { maxBytes: 1_000_000, rate };
  routes.push(...evidenceRoutes({ shelf, disputes, domain, publicUrl: origin, ...limits }));
  return {
    origin,
    async close() {
      server.closeAllConnections();
      server.close();
      shelf.close();
      await rate.close();
    },
  };
}
