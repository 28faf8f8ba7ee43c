import { chmodSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { type Address, AssayError, type Hex } from '@assay/wire';
import type { DisputeRecord } from '../dispute/dispute-book.ts';
import type { EnergyMeter } from '../energy/energy-meter.ts';
import type { GridSource } from '../energy/grid-source.ts';
import type { UnitEnergy } from '../energy/unit-energy.ts';
import type { MarketplaceLink } from '../link/marketplace-link.ts';
import type { LoadedConfig } from '../load-config.ts';
import type { Claimer } from '../settlement/claimer.ts';
import type { Ledger } from '../settlement/ledger.ts';
import type { EarningsReport } from '../settlement/report-earnings.ts';
import { json, type Routes, serveHttp } from '../telemetry/http-server.ts';
import type { ProviderMetrics } from '../telemetry/metrics.ts';
import { describeStatus } from './describe-status.ts';
import type { ModelRetry } from './retry-models.ts';
import type { Attempts } from './serve/attempts.ts';
import type { ServedOffer } from './serve/served-offer.ts';
import type { SlotPool } from './slots/slot-types.ts';

export interface ControlOptions {
  readonly config: LoadedConfig;
  readonly provider: Address;
  readonly metrics: ProviderMetrics;
  readonly pool: SlotPool;
  readonly attempts: Attempts;
  readonly ledger: Ledger;
  readonly offers: ReadonlyMap<Hex, ServedOffer>;
  readonly links: readonly MarketplaceLink[];
  readonly claimer: Claimer;
  /** What is wrong with offers on chain, by model. */
  readonly disputes: () => readonly DisputeRecord[];
  /** Models of the config that are not served, and when they are tried again. */
  readonly leftOut: () => readonly ModelRetry[];
  readonly offerFaults: () => ReadonlyMap<Hex, string>;
  /** Tickets refused since the start, by code. */
  readonly refusals: () => Readonly<Record<string, number>>;
  readonly energy: {
    readonly meter: EnergyMeter;
    readonly grid: GridSource;
    readonly perUnit: () => ReturnType<UnitEnergy['describe']>;
  };
  readonly earnings: () => Promise<EarningsReport>;
  readonly drain: () => Promise<void>;
  readonly draining: () => boolean;
}

/** What the kernel keeps of a unix socket's path, less the final zero. */
const LONGEST_SOCKET = process.platform === 'linux' ? 107 : 103;

/** Commands come over a socket only the owner of the data directory can open; the port only answers questions. */
export function controlSocket(dataDir: string): string {
  const path = join(dataDir, 'run', 'control.sock');
  const bytes = Buffer.byteLength(path);
  if (bytes <= LONGEST_SOCKET) return path;
  throw new AssayError('P320', {
    details: { field: 'dataDir', path, bytes, longest: LONGEST_SOCKET },
    hint: 'The system allows no socket with so long a path: give dataDir a shorter one.',
  });
}

/** Why no jobs can come now. */
function notReady({ draining, links }: ControlOptions): string | undefined {
  if (draining()) return 'draining: no more jobs are taken';
  return links.some(({ state }) => state === 'up') ? undefined : 'no marketplace is connected';
}

export async function serveControl(
  options: ControlOptions,
): Promise<{ readonly http: Server; close(): Promise<void> }> {
  const { config, metrics, claimer } = options;
  const status = () => json(describeStatus(options));
  const questions: Routes = {
    'GET /healthz': () => ({ body: 'ok' }),
    'GET /readyz': () => {
      const reason = notReady(options);
      return reason === undefined ? { body: 'ok' } : { status: 503, body: reason };
    },
    'GET /metrics': async () => ({
      type: metrics.registry.contentType,
      body: await metrics.registry.metrics(),
    }),
    'GET /status': status,
  };
  const commands: Routes = {
    ...questions,
    'POST /drain': () => {
      void options.drain();
      return status();
    },
    'GET /disputes': () => json(options.disputes()),
    'GET /earnings': async () => json(await options.earnings()),
    'POST /claim': async () => json((await claimer.claim({ all: true })) ?? { claimed: 'nothing' }),
    'POST /withdraw': async () =>
      json((await claimer.withdraw()) ?? { withdrawn: 'nothing has matured' }),
  };
  const path = controlSocket(config.dataDir);
  rmSync(path, { force: true });
  const socket = await serveHttp(commands, { path });
  chmodSync(path, 0o600);
  const http = await serveHttp(questions, config.http);
  return {
    http,
    async close() {
      for (const server of [http, socket]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
      rmSync(path, { force: true });
    },
  };
}
