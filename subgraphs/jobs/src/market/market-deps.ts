import type { Log } from '@assay/kit';
import type { EpochMs, Hex, Signer } from '@assay/wire';
import type { DispatchDeps } from '../dispatch/dispatcher.ts';
import type { RunningJob } from '../dispatch/running-job.ts';
import type { JobStore } from '../domain/job-store.ts';
import type { QuoteStore } from '../domain/quote.ts';
import type { Registry } from '../domain/registry-facts.ts';
import type { Router } from '../routing/router.ts';
import type { Ledger } from '../settlement/ledger.ts';
import type { SessionService } from '../settlement/session-service.ts';

/** Everything the market's use cases need, wired once. */
export interface MarketDeps {
  readonly registry: Registry;
  readonly router: Router;
  readonly ledger: Ledger;
  readonly sessions: SessionService;
  readonly jobs: JobStore;
  readonly quotes: QuoteStore;
  readonly dispatch: DispatchDeps;
  readonly running: Map<Hex, RunningJob>;
  readonly instance: RunningJobs;
  readonly gateway: Signer;
  readonly now: () => EpochMs;
  readonly log: Log;
}

/** Which jobs run where, so that another instance ends those of one that died. */
export interface RunningJobs {
  started(jobId: Hex): void;
  ended(jobId: Hex): void;
}
