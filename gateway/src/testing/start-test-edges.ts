import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BlobStore, createFileBlobStore, createLog } from '@assay/kit';
import { AssayError, type JobsPort } from '@assay/wire';
import { onTestFinished } from 'vitest';
import { createEdgeServer } from '../edge/http-server.ts';
import type { ModelFacts } from '../edge/jobs/model-catalogue.ts';
import { oipRoutes } from '../edge/oip/oip-routes.ts';
import { openaiRoutes } from '../edge/openai/openai-routes.ts';
import { createRateLimit } from '../federation/rate-limit.ts';

export const TEST_BEARER = { authorization: `Bearer 0x${'ab'.repeat(32)}` };

export const TEST_MODELS: readonly ModelFacts[] = [
  {
    id: `0x${'a'.repeat(64)}`,
    name: 'adder',
    version: '1',
    task: 'tensor',
    publisher: `0x${'9'.repeat(40)}`,
    deprecated: false,
    inputs: [{ name: 'x', datatype: 'FP32', shape: [-1] }],
    outputs: [{ name: 'sum', datatype: 'FP32', shape: [1] }],
  },
  {
    id: `0x${'b'.repeat(64)}`,
    name: 'embedder',
    version: '1',
    task: 'embedding',
    publisher: `0x${'9'.repeat(40)}`,
    deprecated: false,
    inputs: [],
    outputs: [{ name: 'embedding', datatype: 'FP32', shape: [3] }],
  },
];

/** The tensor and text edges alone, over a given job market, on a free port. */
export async function startTestEdges(jobs: JobsPort): Promise<{ url: string; blobs: BlobStore }> {
  const log = createLog('test', 'silent');
  const dir = await mkdtemp(join(tmpdir(), 'assay-edges-'));
  const blobs = await createFileBlobStore({ dir });
  const models = {
    list: async () => TEST_MODELS,
    isLive: async (id: string) => id === TEST_MODELS[0]?.id,
    async find(reference: string) {
      const found = TEST_MODELS.find(({ id, name }) => id === reference || name === reference);
      if (found === undefined) throw new AssayError('I104', { details: { model: reference } });
      return found;
    },
  };
  const market = { jobs, models, blobs, log };
  const routes = [...oipRoutes(market), ...openaiRoutes(market)];
  const rate = createRateLimit({ perMinute: 1_000_000, log });
  const server = createEdgeServer({
    routes,
    rate,
    trustProxy: false,
    log,
    closing: new AbortController().signal,
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await blobs.close();
    await rm(dir, { recursive: true, force: true });
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, blobs };
}
