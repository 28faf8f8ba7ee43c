import { createLog, createShutdown } from '@assay/kit';
import { createJobsMarket } from './create-jobs-market.ts';
import { readConfig, readEnvironment } from './read-config.ts';
import { serveJobs } from './serve-jobs.ts';

const env = readEnvironment(process.env);
const log = createLog('jobs', env.LOG_LEVEL);
const shutdown = createShutdown(log);
shutdown.onSignals();

const config = await readConfig(env, log);
const market = await createJobsMarket(config);
shutdown.add('market', () => market.close());
const { identitySecret } = config;
const served = await serveJobs(market, { host: env.HOST, port: env.PORT, identitySecret });
shutdown.add('server', () => served.close());
log.info({ url: served.url }, 'subgraph ready');
