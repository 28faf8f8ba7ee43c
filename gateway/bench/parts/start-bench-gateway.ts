import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFileBlobStore, createLog, type ServableSubgraph } from '@assay/kit';
import { type Gateway, startGateway } from '../../src/gateway.ts';
import { BENCH_SECRET } from './federated-market.ts';

/** The real gateway over the given subgraphs, in this process, without a job market. */
export async function startBenchGateway(subgraphs: readonly ServableSubgraph[]): Promise<Gateway> {
  const refuse = (): never => {
    throw new Error('no jobs in this benchmark');
  };
  const dir = mkdtempSync(join(tmpdir(), 'assay-bench-'));
  process.once('exit', () => rmSync(dir, { recursive: true, force: true }));
  return startGateway({
    backend: {
      subgraphs,
      jobs: { submit: refuse, events: refuse, cancel: refuse },
      metrics: async () => '',
      close: async () => undefined,
    },
    blobs: await createFileBlobStore({ dir }),
    identitySecret: BENCH_SECRET,
    host: '127.0.0.1',
    port: 0,
    ratePerMinute: 100_000_000,
    trustProxy: false,
    log: createLog('bench', 'silent'),
  });
}
