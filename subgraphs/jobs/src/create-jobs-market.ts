import { randomUUID } from 'node:crypto';
import { connectRedis, createFileBlobStore, createMetrics } from '@assay/kit';
import { type Domain, type Hex, linkHost, type ProviderScore, signerOf } from '@assay/wire';
import { connectChain } from './adapters/chain/connect-chain.ts';
import { createChainSide } from './adapters/chain/create-chain-side.ts';
import { createJobStore } from './adapters/events/job-store.ts';
import { createJobInstances } from './adapters/job-instances.ts';
import { createJobNotices } from './adapters/job-notices.ts';
import { createRedisLedgerStore } from './adapters/ledger/redis-ledger-store.ts';
import { createLinkServer, type LinkServer } from './adapters/link/link-server.ts';
import { createLivePublisher } from './adapters/live-publisher.ts';
import { createOutcomeStream } from './adapters/outcome-stream.ts';
import { createQuoteStore } from './adapters/quote-store.ts';
import { readScores } from './adapters/score-reader.ts';
import { createSessionTokens } from './adapters/session-tokens.ts';
import { createStatementReader } from './adapters/statement-reader.ts';
import { createUnackedPayments } from './adapters/unacked-payments.ts';
import type { Attempt } from './dispatch/attempt.ts';
import { cancelJob } from './dispatch/cancel-job.ts';
import type { DispatchDeps } from './dispatch/dispatcher.ts';
import { createRetryBudget } from './dispatch/retry-budget.ts';
import type { RunningJob } from './dispatch/running-job.ts';
import { seconds } from './domain/durations.ts';
import type { JobsConfig } from './jobs-config.ts';
import type { JobsMarket } from './jobs-market.ts';
import { createJobsPort } from './market/create-jobs-port.ts';
import { endOrphan } from './market/end-orphan.ts';
import { explainRoute } from './market/explain-route.ts';
import { createLinkEvents } from './market/link-events.ts';
import { createMarket } from './market/market.ts';
import { restoreHoldings } from './market/restore-holdings.ts';
import { createRouter } from './routing/router.ts';
import { createJobsSubgraph } from './schema/create-jobs-subgraph.ts';
import { createLedger } from './settlement/ledger.ts';
import { createPaymentIssuer } from './settlement/payment-issuer.ts';
import { createSessionService } from './settlement/session-service.ts';

const REFRESH_MS = seconds(1);
const DRAIN_MS = seconds(3);

/**
 * Starts the job market: connects to Redis and the chain, reads the registries, and waits for providers.
 *
 * @example const jobs = await createJobsMarket(config); server.on('upgrade', jobs.handleProviderUpgrade);
 */
export async function createJobsMarket(config: JobsConfig): Promise<JobsMarket> {
  const { log, deployment } = config;
  const now = Date.now;
  const [redis, subscriber] = await Promise.all([
    connectRedis(config.redisUrl, log),
    connectRedis(config.redisUrl, log),
  ]);
  const gateway = signerOf(config.gatewayKey);
  const hosted = signerOf(config.hostedKey);
  const domain: Domain = {
    chainId: deployment.chainId,
    verifyingContract: deployment.contracts.SessionEscrow,
  };
  const blobs = await createFileBlobStore({ dir: config.blobDir });
  const ledger = createLedger(createRedisLedgerStore(redis));
  const jobs = createJobStore(redis);
  const tokens = createSessionTokens(redis);
  const unacked = createUnackedPayments(redis);
  const quotes = createQuoteStore(redis);
  const provider = connectChain(config.chainRpcUrls, deployment.chainId);
  const chainSide = await createChainSide({ provider, config, gateway: gateway.address });
  const { registry, sessionChain } = chainSide;
  const sessions = createSessionService({
    domain,
    rules: {
      gateway: gateway.address,
      gatewayFeePpm: config.gatewayFeePpm,
      minDeposit: config.minDeposit,
      minWithdrawDelay: chainSide.minWithdrawDelay,
    },
    hostedKey: hosted.address,
    ledger,
    tokens,
    chain: sessionChain,
    now,
    log,
  });
  await chainSide.onSession((session) => sessions.sync(session));

  const router = createRouter({ now, random: Math.random });
  const attempts = new Map<Hex, Attempt>();
  const running = new Map<Hex, RunningJob>();
  let links: LinkServer | undefined;
  const connection = (address: Hex) => links?.connection(address);
  const payments = createPaymentIssuer({
    domain,
    gateway,
    hosted,
    ledger,
    unacked,
    connection,
    log,
  });
  const publisher = createLivePublisher(redis, log);
  const report = createOutcomeStream(redis, log);
  const instance = await createJobInstances({
    redis,
    id: randomUUID(),
    onOrphan: (jobId) => endOrphan(jobId, { jobs, ledger, now }),
    log,
  });
  const restoreDeps = {
    domain,
    gateway: gateway.address,
    hostedKey: hosted.address,
    ledger,
    chain: sessionChain,
    tokens,
    now,
    log,
  };
  links = createLinkServer({
    gateway,
    hosts: linkHosts(config),
    domain,
    gatewayFeePpm: config.gatewayFeePpm,
    blobUrl: `${config.publicUrl.replace(/\/$/, '')}/v2/blobs/`,
    registry,
    events: createLinkEvents({
      domain,
      attempts,
      router,
      ledger,
      payments,
      unacked,
      publish: ({ live }) => publisher.publish(live),
      unpublish: (address) => publisher.remove(address),
      restore: (meta) => restoreHoldings(meta, restoreDeps),
      log,
    }),
    knownTickets: (address) =>
      [...attempts.values()]
        .filter((attempt) => attempt.connection.provider === address)
        .map((attempt) => attempt.id),
    log,
  });

  const dispatch: DispatchDeps = {
    domain,
    router,
    ledger,
    payments,
    blobs,
    connection,
    attempts,
    retries: createRetryBudget(),
    graceMs: config.resumeGraceMs,
    report,
    explain: (job, chosen) => {
      const explanation = explainRoute(job, chosen, { router, now });
      jobs.saveRoute(job.id, JSON.stringify(explanation)).catch((error: unknown) => {
        log.debug({ err: error, jobId: job.id }, 'route not explained');
      });
    },
    protocolFeePpm: chainSide.protocolFeePpm,
    now,
    log,
  };
  const notices = createJobNotices(redis, subscriber);
  await notices.onCancel((jobId) => {
    const job = running.get(jobId);
    if (job !== undefined) cancelJob(job);
  });
  const market = createMarket({
    registry,
    router,
    ledger,
    sessions,
    jobs,
    quotes,
    dispatch,
    running,
    instance,
    gateway,
    domain,
    notices,
    payments,
    report,
    now,
    log,
  });

  const stopScores = readScores(
    redis,
    (scores: ReadonlyMap<string, ProviderScore>) => router.setScores(scores),
    log,
  );
  const refresh = setInterval(() => router.refresh(), REFRESH_MS);
  const metrics = createMetrics('jobs');

  async function close(): Promise<void> {
    const drained = Promise.all([...running.values()].map((job) => job.log.ended));
    await Promise.race([drained, new Promise((resolve) => setTimeout(resolve, DRAIN_MS).unref())]);
    clearInterval(refresh);
    stopScores();
    await links?.close();
    await Promise.all([...running.values()].map((job) => job.log.ended));
    await payments.close();
    await ledger.flushed();
    chainSide.close();
    await instance.close();
    await blobs.close();
    provider.destroy();
    await Promise.all([redis.close(), subscriber.close()]);
  }

  const subgraph = await createJobsSubgraph({
    market,
    statements: createStatementReader(redis),
    readBlob: blobs.read,
    identitySecret: config.identitySecret,
    metrics,
    log,
  });
  return {
    subgraph,
    port: createJobsPort(market),
    handleProviderUpgrade: (request, socket, head) => links?.handleUpgrade(request, socket, head),
    metrics: () => metrics.registry.metrics(),
    async close() {
      await subgraph.close();
      await close();
    },
  };
}

/** Under these the market's link may be dialled. */
function linkHosts({ publicUrl, linkHosts: more }: JobsConfig): ReadonlySet<string> {
  return new Set([publicUrl, ...more.map((host) => `ws://${host}`)].map(linkHost));
}
