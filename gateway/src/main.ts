#!/usr/bin/env -S node --max-semi-space-size=32 --heap-growing-percent=10
// A burst of events leaves much garbage behind: with the usual limits V8 keeps up to three times what lives.
import { connectRedis, createFileBlobStore, createLog, createShutdown } from '@assay/kit';
import { chooseAddress } from './choose-address.ts';
import { readConfig } from './config.ts';
import { openEvidenceDoor } from './evidence/open-evidence-door.ts';
import { startGateway } from './gateway.ts';

const config = readConfig(process.env);
const log = createLog('gateway', config.LOG_LEVEL);
const shutdown = createShutdown(log);
shutdown.onSignals();

const { port, publicUrl } = await chooseAddress(config);
const redis =
  config.REDIS_URL === undefined ? undefined : await connectRedis(config.REDIS_URL, log);
shutdown.add('redis', () => redis?.destroy());
const blobs = await createFileBlobStore({ dir: config.BLOB_DIR });
shutdown.add('blobs', () => blobs.close());

const backend =
  config.ASSAY_MODE === 'embedded'
    ? await (await import('./embedded.ts')).createEmbeddedBackend(config, publicUrl, log)
    : await (await import('./distributed.ts')).connectDistributedBackend(config, shutdown.signal);
shutdown.add('backend', () => backend.close());

const evidence = await openEvidenceDoor(config, publicUrl, log);
shutdown.add('evidence', async () => evidence?.close());

const gateway = await startGateway({
  backend,
  blobs,
  evidence,
  redis,
  identitySecret: config.ASSAY_IDENTITY_SECRET,
  host: config.HOST,
  port,
  ratePerMinute: config.ASSAY_RATE_LIMIT,
  trustProxy: config.ASSAY_TRUST_PROXY,
  log,
});
shutdown.add('gateway', () => gateway.close());
log.info({ mode: config.ASSAY_MODE, port: gateway.port, url: publicUrl }, 'gateway ready');
