import type { BlobStore, Log } from '@assay/kit';
import {
  type Address,
  type Domain,
  type EpochMs,
  type Hex,
  LONGEST_PREFIX,
  longestText,
  type Outcome,
  type OutcomeKind,
  type SignedReceipt,
} from '@assay/wire';
import { minutes } from '../domain/durations.ts';
import type { ProviderConnection } from '../domain/provider-connection.ts';
import { type Candidate, queueFactor } from '../routing/candidate.ts';
import type { Router } from '../routing/router.ts';
import { releaseHold } from '../settlement/charge-receipt.ts';
import type { Ledger } from '../settlement/ledger.ts';
import type { PaymentIssuer } from '../settlement/payment-issuer.ts';
import type { Attempt, AttemptEnd } from './attempt.ts';
import { endEarly } from './cancel-job.ts';
import { insist } from './insist.ts';
import { openAttempt } from './open-attempt.ts';
import { outcomeOf } from './outcome-of.ts';
import type { RetryBudget } from './retry-budget.ts';
import { maxTokensOf, type RunningJob } from './running-job.ts';
import { settleAttempt } from './settle-attempt.ts';
import { voucherDueOf } from './voucher-due.ts';

export interface DispatchDeps {
  readonly domain: Domain;
  readonly router: Router;
  readonly ledger: Ledger;
  readonly payments: PaymentIssuer;
  readonly blobs: BlobStore;
  readonly connection: (provider: Address) => ProviderConnection | undefined;
  readonly attempts: Map<Hex, Attempt>;
  readonly retries: RetryBudget;
  /** How long an attempt outlives its provider's connection. */
  readonly graceMs: number;
  readonly report: (outcome: Outcome) => void;
  readonly explain: (job: RunningJob, chosen: Candidate, attempt: number) => void;
  readonly protocolFeePpm: bigint;
  readonly now: () => EpochMs;
  readonly log: Log;
}

/** Attempts declined for load may be repeated this often while the deadline allows it. */
const MAX_SHEDS = 40;
const SHED_WAIT_MS = 100;

interface Failure {
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
}
type AttemptResult =
  | { readonly kind: 'paid' }
  | { readonly kind: 'failed'; readonly end: Extract<AttemptEnd, { kind: 'failed' }> };

/** Runs a job to its terminal event: attempt after attempt, at another provider each time. Never rejects. */
export async function dispatch(job: RunningJob, deps: DispatchDeps): Promise<void> {
  try {
    await runAttempts(job, deps);
  } catch (error) {
    deps.log.error({ err: error, jobId: job.id }, 'job broke');
    await fail(job, deps, {
      code: 'G800',
      message: 'Something went wrong on our side.',
      retryable: true,
    });
  }
  await job.log.flushed();
}

async function runAttempts(job: RunningJob, deps: DispatchDeps): Promise<void> {
  const tried = new Set<Address>();
  const shed = new Set<Address>();
  let failures = 0;
  let sheds = 0;
  let last: Extract<AttemptEnd, { kind: 'failed' }> | undefined;
  deps.retries.earn();
  for (let number = 1; ; ) {
    if (job.cancelled) return cancelled(job, deps);
    if (deps.now() >= job.deadline) return fail(job, deps, failureOf(last, 'P304'));
    const candidate = routeNext(job, deps, new Set([...tried, ...shed]));
    if (candidate === undefined) {
      if (shed.size === 0 || ++sheds > MAX_SHEDS) return fail(job, deps, failureOf(last, 'R202'));
      shed.clear();
      await waitFor(job, Math.min(last?.retryAfterMs ?? SHED_WAIT_MS, job.deadline - deps.now()));
      continue;
    }
    const result = await runAttempt(job, { candidate, number }, deps);
    if (result.kind === 'paid') return job.cancelled ? cancelled(job, deps) : completed(job, deps);
    if (job.cancelled) return cancelled(job, deps);
    last = result.end;
    number += 1;
    if (isFinal(last)) return fail(job, deps, failureOf(last, 'P300'));
    if (last.outcome === 'refused') shed.add(candidate.row.provider);
    else {
      tried.add(candidate.row.provider);
      const spent = ++failures > job.intent.retries || isTooLong(job) || !deps.retries.take();
      if (spent) return fail(job, deps, failureOf(last, 'R204'));
    }
    const { code } = last;
    const fromProviderId = candidate.row.provider;
    job.log.emit({ kind: 'JobFailedOver', attempt: number - 1, fromProviderId, code });
  }
}

function routeNext(
  job: RunningJob,
  { router }: DispatchDeps,
  exclude: ReadonlySet<Address>,
): Candidate | undefined {
  const { maxUnits, expectedUnits } = job;
  const budget = job.budget - job.charged;
  const { must, prefer } = job.intent;
  return router.route({
    modelId: job.model.id,
    prefer,
    limits: { must, budget, maxUnits, expectedUnits, exclude },
  });
}

async function runAttempt(
  job: RunningJob,
  at: { readonly candidate: Candidate; readonly number: number },
  deps: DispatchDeps,
): Promise<AttemptResult> {
  const { candidate, number } = at;
  const sentAt = deps.now();
  const factor = queueFactor(candidate.row);
  const opened = await openAttempt(job, at, deps);
  if (opened === undefined) return lostBeforeStart(job, at, deps, sentAt);
  const { attempt, inputSalt, params } = opened;
  job.attempt = attempt;
  if (job.cancelled) endEarly(attempt);
  process.nextTick(() => deps.explain(job, candidate, number));
  let end = await attempt.end;
  job.attempt = undefined;
  deps.attempts.delete(attempt.id);
  const endedAt = deps.now();
  let paid: SignedReceipt | undefined;
  if (end.kind === 'receipt') {
    const checked = await settleAttempt(job, { attempt, candidate, inputSalt, params, end }, deps);
    if ('fault' in checked) {
      deps.log.warn(
        { jobId: job.id, provider: candidate.row.provider, fault: checked.fault },
        'receipt refused',
      );
      end = { kind: 'failed', code: 'P300', outcome: 'invalid', message: checked.fault };
    } else paid = checked.receipt;
    attempt.connection.acknowledgeReceipt(attempt.id);
  }
  const ttftMs = attempt.firstOutputAt === undefined ? undefined : attempt.firstOutputAt - sentAt;
  const kind: OutcomeKind = end.kind === 'failed' ? end.outcome : 'completed';
  // An attempt its client ended is no failure of the provider.
  const withdrawn = job.cancelled && kind !== 'completed' && kind !== 'invalid';
  const retryAfterMs = end.kind === 'failed' ? end.retryAfterMs : undefined;
  const units = Number(paid?.units ?? 0n);
  const ms = endedAt - sentAt;
  deps.router.observe(candidate, {
    kind: withdrawn ? 'refused' : kind,
    units,
    ms,
    queueFactor: factor,
    runMs: attempt.startedAt === undefined ? undefined : endedAt - attempt.startedAt,
    firstOutputMs: ttftMs,
    retryAfterMs: withdrawn ? 0 : retryAfterMs,
    at: endedAt,
  });
  if (!job.cancelled || paid !== undefined)
    deps.report(outcomeOf(job, { candidate, number, kind, ms, ttftMs, paid, at: endedAt }, deps));
  return end.kind === 'failed' ? { kind: 'failed', end } : { kind: 'paid' };
}

function lostBeforeStart(
  job: RunningJob,
  { candidate }: { readonly candidate: Candidate; readonly number: number },
  deps: DispatchDeps,
  at: EpochMs,
): AttemptResult {
  const refused = {
    kind: 'refused',
    units: 0,
    ms: 0,
    queueFactor: 1,
    runMs: undefined,
    firstOutputMs: undefined,
    at,
  } as const;
  deps.router.observe(candidate, { ...refused, retryAfterMs: SHED_WAIT_MS });
  deps.log.debug({ jobId: job.id, provider: candidate.row.provider }, 'ticket could not be sent');
  return { kind: 'failed', end: { kind: 'failed', code: 'P307', outcome: 'refused' } };
}

function completed(job: RunningJob, deps: DispatchDeps): void {
  const { energyJoules, nextBestPrice, cutShort } = job;
  job.log.emit({
    kind: 'JobCompleted',
    receipts: job.receipts,
    units: job.chargedUnits,
    price: job.charged,
    latencyMs: deps.now() - job.createdAt,
    ...(energyJoules === undefined ? {} : { energyJoules }),
    ...(cutShort ? { cutShort } : {}),
    ...(nextBestPrice === undefined ? {} : { nextBestPrice }),
    voucherDue: voucherDueOf(deps.ledger.peek(job.sessionId)),
  });
}

async function cancelled(job: RunningJob, deps: DispatchDeps): Promise<void> {
  await release(job, deps);
  job.log.emit({ kind: 'JobCancelled', price: job.charged, receipts: job.receipts });
}

async function fail(job: RunningJob, deps: DispatchDeps, failure: Failure): Promise<void> {
  await release(job, deps);
  job.log.emit({ kind: 'JobFailed', ...failure, price: job.charged, receipts: job.receipts });
}

async function release(job: RunningJob, { ledger, log }: DispatchDeps): Promise<void> {
  const free = () =>
    ledger.apply(job.sessionId, (account, changes) => releaseHold(account, changes, job.id));
  await insist(free).catch((error: unknown) =>
    log.error({ err: error, jobId: job.id }, 'hold not released yet'),
  );
}

/** No ticket holds so long a text to go on after, or no provider would take it. */
function isTooLong(job: RunningJob): boolean {
  const longest = longestText(maxTokensOf(job) ?? Number.POSITIVE_INFINITY);
  return job.deliveredText.length > Math.min(longest, LONGEST_PREFIX);
}

/** Nothing another provider could do better: the input itself was refused. */
function isFinal(end: Extract<AttemptEnd, { kind: 'failed' }>): boolean {
  return end.code === 'P303';
}

function failureOf(
  end: Extract<AttemptEnd, { kind: 'failed' }> | undefined,
  fallback: 'P300' | 'P304' | 'R202' | 'R204',
): Failure {
  const texts = {
    P300: 'The provider failed while running the job.',
    P304: 'The attempt ran past its deadline.',
    R202: 'All providers of this model are busy.',
    R204: 'Every attempt failed.',
  } as const;
  const reason = end?.message === undefined ? '' : ` ${end.code}: ${end.message}`;
  const code = end !== undefined && isFinal(end) ? end.code : fallback;
  return { code, message: `${texts[fallback]}${reason}`.slice(0, 500), retryable: code !== 'P303' };
}

/** Waits, but not longer than the job lives. */
function waitFor(job: RunningJob, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, Math.max(1, Math.min(ms, minutes(1))));
    job.onCancel = () => {
      clearTimeout(timer);
      resolve();
    };
  });
}
