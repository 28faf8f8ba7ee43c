import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFileBlobStore, createLog } from '@assay/kit';
import type { JobsPort } from '@assay/wire';
import { onTestFinished } from 'vitest';
import type { FederatedSubgraph } from '../federation/remote-subgraph.ts';
import { startGateway } from '../gateway.ts';
import { createTestSubgraphs, type SourceProbe, TEST_SECRET } from './test-subgraphs.ts';

export interface TestGateway {
  readonly url: string;
  readonly wsUrl: string;
  readonly probe: SourceProbe;
  readonly close: () => Promise<void>;
}

export interface TestGatewayOptions {
  readonly jobs?: JobsPort;
  /** Stands between the gateway and its subgraphs, for instance HTTP. */
  readonly remote?: (subgraphs: readonly FederatedSubgraph[]) => Promise<FederatedSubgraph[]>;
  readonly ratePerMinute?: number;
  readonly maxBlobBytes?: number;
}

const noJobs: JobsPort = {
  submit: () => Promise.reject(new Error('no jobs here')) as never,
  events: () => Promise.reject(new Error('no jobs here')) as never,
  cancel: () => Promise.reject(new Error('no jobs here')),
};

/** A whole gateway over the test subgraphs, on a free port; everything ends with the test. */
export async function startTestGateway(options: TestGatewayOptions = {}): Promise<TestGateway> {
  const log = createLog('test', 'silent');
  const { all, probe } = await createTestSubgraphs();
  const subgraphs = (await options.remote?.(all)) ?? all;
  const dir = await mkdtemp(join(tmpdir(), 'assay-gateway-'));
  const maxBytes = options.maxBlobBytes ?? 1_000_000;
  const blobs = await createFileBlobStore({ dir, maxBytes });
  const gateway = await startGateway({
    backend: {
      subgraphs,
      jobs: options.jobs ?? noJobs,
      metrics: async () => '',
      close: async () => undefined,
    },
    blobs,
    identitySecret: TEST_SECRET,
    host: '127.0.0.1',
    port: 0,
    ratePerMinute: options.ratePerMinute ?? 1_000_000,
    trustProxy: false,
    log,
  });
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= gateway.close();
    return closing;
  };
  onTestFinished(async () => {
    await close();
    await blobs.close();
    await rm(dir, { recursive: true, force: true });
    await Promise.all(subgraphs.map((subgraph) => subgraph.close()));
  });
  const origin = `127.0.0.1:${gateway.port}`;
  return { url: `http://${origin}`, wsUrl: `ws://${origin}/graphql`, probe, close };
}
