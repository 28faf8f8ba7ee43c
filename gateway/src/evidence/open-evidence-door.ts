import { dirname, join, resolve } from 'node:path';
import { createRpcClient, type Log, readDeployment } from '@assay/kit';
import type { GatewayConfig } from '../config.ts';
import type { EvidenceDoor } from '../edge/evidence-routes.ts';
import { createRateLimit } from '../federation/rate-limit.ts';
import { createDisputeReader } from './dispute-reader.ts';
import { createEvidenceShelf, type EvidenceShelf } from './evidence-shelf.ts';

export interface RunningEvidenceDoor extends EvidenceDoor {
  close(): Promise<void>;
}

/** A party asks once in a few seconds at most. */
const REQUESTS_A_MINUTE = 300;
const RPC_TIMEOUT_MS = 10_000;

/** The door of a gateway that knows the chain; undefined for one that does not. */
export async function openEvidenceDoor(
  config: GatewayConfig,
  publicUrl: string,
  log: Log,
): Promise<RunningEvidenceDoor | undefined> {
  const { ASSAY_CHAIN_RPC: chainRpc, ASSAY_DEPLOYMENT: file } = config;
  if (chainRpc === undefined || file === undefined) return undefined;
  const deployment = await readDeployment(file);
  const rpc = createRpcClient(chainRpc, RPC_TIMEOUT_MS);
  const shelf = await openShelf(config, log);
  if (shelf === undefined) return undefined;
  const rate = createRateLimit({ perMinute: REQUESTS_A_MINUTE, log });
  return {
    disputes: createDisputeReader({ rpc, deployment }),
    shelf,
    domain: {
      chainId: deployment.chainId,
      verifyingContract: deployment.contracts.SessionEscrow,
    },
    publicUrl,
    maxBytes: config.ASSAY_EVIDENCE_BYTES,
    rate,
    async close() {
      shelf.close();
      await rate.close();
    },
  };
}

/** A directory that was asked for has to be there; one that nobody asked for keeps no gateway from starting. */
async function openShelf(config: GatewayConfig, log: Log): Promise<EvidenceShelf | undefined> {
  const { ASSAY_EVIDENCE_DIR: wanted, BLOB_DIR } = config;
  if (wanted !== undefined) return createEvidenceShelf({ dir: wanted });
  const dir = join(dirname(resolve(BLOB_DIR)), 'evidence');
  return createEvidenceShelf({ dir }).catch((err: unknown) => {
    log.warn({ err, dir }, 'no evidence door: set ASSAY_EVIDENCE_DIR');
    return undefined;
  });
}
