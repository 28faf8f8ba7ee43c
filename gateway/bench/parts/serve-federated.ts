import 'reflect-metadata';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFileBlobStore, createLog } from '@assay/kit';
import { startGateway } from '../../src/gateway.ts';
import { BENCH_SECRET, createFederatedMarket } from './federated-market.ts';
import { serveMeasured } from './measured-child.ts';

const nothing = {
  [Symbol.asyncIterator]: () => ({ next: async () => ({ done: true as const, value: undefined }) }),
};

const blobs = await createFileBlobStore({ dir: await mkdtemp(join(tmpdir(), 'assay-bench-')) });
const gateway = await startGateway({
  backend: {
    subgraphs: await createFederatedMarket(),
    jobs: { submit: () => nothing, events: () => nothing, cancel: async () => undefined },
    metrics: async () => '',
    close: async () => undefined,
  },
  blobs,
  identitySecret: BENCH_SECRET,
  host: '127.0.0.1',
  port: 0,
  ratePerMinute: 100_000_000,
  trustProxy: false,
  log: createLog('bench', 'silent'),
});
serveMeasured(gateway.port);
