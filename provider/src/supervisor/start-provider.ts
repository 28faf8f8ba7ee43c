import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { type Address, type Domain, evidenceParts, signerOf } from '@assay/wire';
import type { Logger } from 'pino';
import { createChain } from '../chain/chain.ts';
import { createSender } from '../chain/sender.ts';
import { createDisputeBook } from '../dispute/dispute-book.ts';
import { createGridSource } from '../energy/create-grid-source.ts';
import { createEnergyMeter } from '../energy/energy-meter.ts';
import { createUnitEnergy } from '../energy/unit-energy.ts';
import { openKey } from '../keys/open-key.ts';
import type { LoadedConfig } from '../load-config.ts';
import { createReceiptStore } from '../receipt/receipt-store.ts';
import { openVault } from '../retention/vault.ts';
import { openVaultKey } from '../retention/vault-key.ts';
import { createClaimer } from '../settlement/claimer.ts';
import { createLedger } from '../settlement/ledger.ts';
import { createPaymentDesk } from '../settlement/payment-desk.ts';
import { rememberModel } from '../settlement/remember-model.ts';
import { reportEarnings } from '../settlement/report-earnings.ts';
import { createSessionReader } from '../settlement/session-facts.ts';
import { createTally } from '../settlement/tally.ts';
import { openJournal } from '../store/journal.ts';
import { portOf } from '../telemetry/http-server.ts';
import { connectMarketplaces } from './connect-marketplaces.ts';
import { identifyProvider } from './identify-provider.ts';
import { type LoadContext, loadModel, loadModels } from './load-models.ts';
import { bundleStoreIn, runtimeOf } from './load-offers.ts';
import { observeDesk } from './observe-desk.ts';
import { retryChain } from './retry-chain.ts';
import { retryModels } from './retry-models.ts';
import { createAttempts } from './serve/attempts.ts';
import { evidenceOf } from './serve/evidence-of.ts';
import { createPriceBoard } from './serve/price-board.ts';
import { createTicketDesk } from './serve/ticket-desk.ts';
import { controlSocket, serveControl } from './serve-control.ts';
import { createSlotPool } from './slots/slot-pool.ts';
import { watchDisputes } from './watch-disputes.ts';
import { watchOffers } from './watch-offers.ts';

/** How long running jobs may take after a request to stop, before they are handed back. */
const GRACE_MS = 8_000;
/** How long a claim may take to be mined. */
const CLAIM_MS = 60_000;

export interface StartOptions {
  readonly config: LoadedConfig;
  readonly environment: NodeJS.ProcessEnv;
  readonly log: Logger;
  /** Gives up while it waits for the chain; without effect once everything is up. */
  readonly signal?: AbortSignal;
  /** Wait before a model that is left out is tried again, by tries so far and the length of the last. */
  readonly modelWaitMs?: ((tries: number, tookMs: number) => number) | undefined;
}

export interface RunningProvider {
  readonly provider: Address;
  readonly httpPort: number;
  /** Takes no more tickets; resolves when nothing runs any more. The links stay up. */
  drain(): Promise<void>;
  /** Drains for a while, hands back the rest, says goodbye and closes everything. */
  stop(reason: string): Promise<void>;
}

/**
 * Runs a provider: journal, models, links, claims. Everything is up when it resolves, but the links, which dial on.
 * It waits for a chain that cannot be reached, and leaves a model with a fault out until a later try loads it; it rejects
 * where the config is wrong or nothing is left to serve.
 */
export async function startProvider({
  config,
  environment,
  log,
  signal,
  modelWaitMs,
}: StartOptions): Promise<RunningProvider> {
  const { deployment, rpcUrls, timeoutMs, pollMs } = config.chain;
  const { SessionEscrow: escrow } = deployment.contracts;
  const privateKey = await openKey(config.keys.receiptKey, environment);
  const signer = signerOf(privateKey);
  const domain: Domain = { chainId: deployment.chainId, verifyingContract: escrow };
  const closers: (() => unknown)[] = [];
  const closeAll = async (): Promise<void> => {
    for (const close of closers.toReversed()) await close();
  };

  try {
    controlSocket(config.dataDir); // a path too long is said before anything is loaded
    const journal = openJournal(config.dataDir);
    closers.push(() => journal.close());
    const chain = createChain({ rpcUrls, chainId: deployment.chainId, timeoutMs });
    closers.push(() => chain.close());
    const provider = await retryChain(
      () => identifyProvider({ chain, deployment }, signer.address, config.keys.provider),
      { chain, log, signal },
    );

    const store = bundleStoreIn(config.dataDir);
    mkdirSync(store.modelsDir, { recursive: true });
    const runDir = join(config.dataDir, 'run');
    mkdirSync(runDir, { recursive: true, mode: 0o700 });
    const energy = createEnergyMeter({ method: config.energy.method });
    closers.push(() => energy.close());
    const grid = createGridSource(config.energy, config.registration.region, log);
    closers.push(() => grid.close());
    const pool = createSlotPool({
      runtime: runtimeOf(config),
      slots: config.slots.count,
      spare: config.slots.spare,
      maxMemoryBytes: config.slots.maxMemoryBytes,
      modelsDir: store.modelsDir,
      runDir,
      log,
      onBusy: energy.busyIs,
    });
    closers.push(() => pool.close());
    const loading: LoadContext = {
      ...{ chain, deployment, store, pool, provider, log },
      runtime: runtimeOf(config),
    };
    const { offers, leftOut } = await loadModels(config.models, { ...loading, signal });
    for (const offer of offers.values()) await rememberModel(journal, offer);
    let draining = false;
    const retries = retryModels({
      ...{ leftOut, offers, log, waitMs: modelWaitMs },
      async load(model, given) {
        const offer = await loadModel(model, { ...loading, signal: given });
        await rememberModel(journal, offer);
        return offer;
      },
      draining: () => draining,
    });
    closers.push(() => retries.stop());

    const vault = await openVault({
      directory: join(config.dataDir, 'vault'),
      journal,
      key: openVaultKey(config.retention.keyFile ?? join(config.dataDir, 'vault.key')),
      olderSecrets: [privateKey],
      keepMs: config.retention.seconds * 1000,
      maxBytes: config.retention.maxBytes,
      now: Date.now,
      log,
    });
    closers.push(() => vault.close());
    const tally = createTally(journal, config.credit.forgiveAfterSeconds * 1000);
    const receipts = createReceiptStore(journal, tally);
    const book = createDisputeBook(journal);
    const ledger = createLedger(journal, tally);
    const attempts = createAttempts(config.credit.forgiveAfterSeconds * 1000);
    const prices = createPriceBoard();
    const sessions = createSessionReader({
      chain,
      escrow,
      deployBlock: deployment.deployBlock,
      ttlMs: config.credit.sessionTtlSeconds * 1000,
      confirmations: config.credit.confirmations,
      now: Date.now,
    });
    const unitEnergy = createUnitEnergy(energy, grid);
    const { metrics, observer, refusals } = observeDesk({
      energy: unitEnergy,
      pool,
      attempts,
      ledger,
      links: () => links,
      leftOut: retries.leftOut,
    });
    const tickets = createTicketDesk({
      provider,
      domain,
      signer,
      offers,
      pool,
      prices,
      attempts,
      receipts,
      ledger,
      sessions,
      credit: config.credit,
      maxQueue: config.slots.maxQueue,
      maxBytesPerGateway: Math.floor(config.slots.maxBufferedBytes / config.marketplaces.length),
      claimMarginMs: CLAIM_MS + 2 * config.settlement.claimEverySeconds * 1000,
      draining: () => draining,
      energy,
      retain: (attempt, input, output, statement) =>
        vault.put(attempt.ticketId, evidenceParts(evidenceOf(attempt, input, output, statement))),
      observer,
      log,
    });
    const payments = createPaymentDesk({
      domain,
      sessions,
      ledger,
      log,
      modelOf: (offerId) => offers.values().find((offer) => offer.offerId === offerId)?.modelId,
      onStored: () => metrics.payments.inc({ outcome: 'stored' }),
      onRefused: () => metrics.payments.inc({ outcome: 'refused' }),
    });
    const sender = createSender({ chain, privateKey, pollMs });
    const duty = watchDisputes({
      ...{ config, provider, deployment, domain, chain, signer, sender },
      ...{ book, receipts, vault, offers, pool, log },
      links: () => links,
    });
    const claimer = createClaimer({
      provider,
      escrow,
      chain,
      ledger,
      sessions,
      log,
      sender,
      rules: { ...config.settlement, maxAgeMs: config.settlement.maxAgeSeconds * 1000 },
      claimEveryMs: config.settlement.claimEverySeconds * 1000,
      autoWithdrawAbove: config.settlement.autoWithdrawAbove,
    });
    const drain = async (): Promise<void> => {
      if (!draining) log.info({ running: attempts.running }, 'draining: no more tickets');
      draining = true;
      await attempts.idle();
    };
    const links = connectMarketplaces({
      config: { ...config, hardware: config.hardware ?? cpus()[0]?.model.trim().slice(0, 200) },
      provider,
      signer,
      domain,
      offers,
      pool,
      prices,
      attempts,
      receipts,
      ledger,
      tickets,
      payments,
      draining: () => draining,
      energy: unitEnergy,
      log,
    });
    const watcher = watchOffers({ chain, deployment, provider, offers, log });
    const control = await serveControl({
      config,
      provider,
      metrics,
      pool,
      attempts,
      ledger,
      offers,
      links,
      claimer,
      energy: { meter: energy, grid, perUnit: () => unitEnergy.describe(offers.keys()) },
      earnings: () => reportEarnings(journal),
      drain,
      draining: () => draining,
      refusals,
      leftOut: retries.leftOut,
      disputes: book.all,
      offerFaults: watcher.faults,
    });
    closers.push(() => control.close());
    const httpPort = portOf(control.http);
    writeFileSync(join(config.dataDir, 'http.port'), String(httpPort));
    claimer.start();
    watcher.start();
    duty.start();
    retries.start();
    closers.push(() => watcher.stop());
    log.info(
      { provider, models: [...offers.keys()], http: `http://${config.http.host}:${httpPort}` },
      'provider ready',
    );

    const end = async (reason: string): Promise<void> => {
      log.info({ reason, running: attempts.running }, 'stopping');
      await Promise.race([
        drain(),
        new Promise((resolve) => setTimeout(resolve, GRACE_MS).unref()),
      ]);
      for (const { gateway, ticketId } of attempts.all())
        tickets.cancel(gateway, ticketId, { reason: 'the provider stops', partial: false });
      await attempts.idle();
      await payments.idle();
      await Promise.all(links.map((link) => link.close(reason)));
      await Promise.all([claimer.stop(), duty.stop()]);
      await closeAll();
      log.info({ reason }, 'stopped');
    };
    let ending: Promise<void> | undefined;
    return {
      provider,
      httpPort,
      drain,
      stop(reason) {
        ending ??= end(reason);
        return ending;
      },
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}
