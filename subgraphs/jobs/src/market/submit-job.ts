import { randomInt } from 'node:crypto';
import {
  AssayError,
  type EpochMs,
  type Hex,
  type Identity,
  type Intent,
  type JobPayload,
  randomHex,
  type SubmitOptions,
  type Tensor,
} from '@assay/wire';
import { dispatch } from '../dispatch/dispatcher.ts';
import { createJobLog } from '../dispatch/job-log.ts';
import type { RunningJob } from '../dispatch/running-job.ts';
import { checkPayload } from '../domain/check-payload.ts';
import { countUnits, type UnitCount } from '../domain/count-units.ts';
import { seconds } from '../domain/durations.ts';
import { intentHash, requestHash } from '../domain/intent-hash.ts';
import type { JobRecord } from '../domain/job-record.ts';
import type { RegisteredModel } from '../domain/registry-facts.ts';
import type { RouteRequest } from '../routing/router.ts';
import { reserveHold } from '../settlement/reserve-hold.ts';
import type { SessionAccount } from '../settlement/session-account.ts';
import type { MarketDeps } from './market-deps.ts';
import { priceRange } from './price-range.ts';
import { resolveTarget } from './resolve-target.ts';

const DEFAULT_DEADLINE_MS = seconds(120);
const LONGEST_DEADLINE_MS = seconds(3600);
const UNLIMITED = 2n ** 120n;
const NOBODY: ReadonlySet<never> = new Set();

export interface Submission {
  readonly intent: Intent;
  readonly payload: JobPayload;
  readonly identity: Identity;
  readonly options: SubmitOptions;
}

/**
 * Checks a request, holds its price and starts it. Resolves as soon as the money is held; everything after that is
 * an event. Throws the I, R and S codes of a refusal, and then nothing was held.
 */
export async function submitJob(submission: Submission, deps: MarketDeps): Promise<JobRecord> {
  const { identity, options } = submission;
  const account = await deps.sessions.ofToken(identity.tokenHash);
  const intent = await bindQuote(submission.intent, options.quoteId, deps);
  const model = await resolveTarget(intent, deps);
  const inputs = checkPayload(submission.payload, model.manifest);
  const units = countUnits(model.manifest, submission.payload);
  const createdAt = deps.now();
  const deadline = deadlineOf(intent, createdAt);
  const payload = withDefaults(submission.payload, units);
  const limits = limitsOf(intent, units, intent.must.maxPrice ?? UNLIMITED);
  const prices = priceRange({ modelId: model.id, prefer: intent.prefer, limits }, deps.router, {
    now: createdAt,
    deadline,
  });

  const jobId = randomHex(32);
  const { idempotencyKey } = options;
  const hash =
    idempotencyKey === undefined
      ? jobId
      : requestHash(submission.intent, submission.payload, inputs);
  const reserved = await deps.ledger.apply(account.sessionId, (stored, changes) =>
    reserveHold(stored, changes, {
      jobId,
      modelId: model.id,
      wanted: prices.highest,
      atLeast: prices.lowest,
      at: createdAt,
      idempotencyKey,
      intentHash: hash,
    }),
  );
  if (reserved.kind === 'repeated') return knownJob(reserved.jobId, deps);
  return start(
    { jobId, account, intent, payload, inputs, model, createdAt, deadline, units },
    { budget: reserved.amount, nextBestPrice: prices.second },
    deps,
  );
}

interface Accepted {
  readonly jobId: Hex;
  readonly account: SessionAccount;
  readonly intent: Intent;
  readonly payload: JobPayload;
  readonly inputs: readonly Tensor[];
  readonly model: RegisteredModel;
  readonly createdAt: EpochMs;
  readonly deadline: EpochMs;
  readonly units: UnitCount;
}

function start(
  accepted: Accepted,
  money: { readonly budget: bigint; readonly nextBestPrice: bigint | undefined },
  deps: MarketDeps,
): JobRecord {
  const { jobId, account, model, createdAt, units } = accepted;
  const { sessionId, grant, hosted } = account;
  const record: JobRecord = {
    id: jobId,
    sessionId,
    tokenHash: grant.salt,
    payer: grant.payer,
    modelId: model.id,
    createdAt,
    status: 'QUEUED',
    attempts: 0,
    receipts: [],
  };
  const log = createJobLog({
    record,
    store: deps.jobs,
    now: deps.now,
    onBroken: (error) => deps.log.error({ err: error, jobId }, 'job events cannot be stored'),
  });
  const job: RunningJob = {
    id: jobId,
    sessionId,
    payer: grant.payer,
    key: grant.key,
    hosted,
    intent: accepted.intent,
    payload: accepted.payload,
    inputs: accepted.inputs,
    model,
    createdAt,
    deadline: accepted.deadline,
    maxUnits: units.most,
    expectedUnits: units.expected,
    ...money,
    log,
    receipts: [],
    charged: 0n,
    chargedUnits: 0n,
    energyJoules: undefined,
    cutShort: false,
    deliveredText: '',
    deliveredChunks: 0,
    cancelled: false,
    onCancel: undefined,
    attempt: undefined,
    released: Promise.resolve(),
  };
  deps.running.set(jobId, job);
  deps.instance.started(jobId);
  log.emit({ kind: 'JobQueued' });
  deps.log.info({ jobId, sessionId, modelId: model.id }, 'job queued');
  void dispatch(job, deps.dispatch).then(async () => {
    deps.running.delete(jobId);
    const { status, attempts } = log.record;
    deps.log.info({ jobId, status, attempts, price: `${job.charged}` }, 'job ended');
    await job.released;
    deps.instance.ended(jobId);
  });
  return record;
}

/** A quote binds the price: the job costs no more, whatever happens. Throws R203. */
async function bindQuote(
  intent: Intent,
  quoteId: string | undefined,
  deps: MarketDeps,
): Promise<Intent> {
  if (quoteId === undefined) return intent;
  const quote = await deps.quotes.find(quoteId as Hex);
  if (
    quote === undefined ||
    quote.expiresAt < deps.now() ||
    quote.intentHash !== intentHash(intent)
  )
    throw new AssayError('R203', { details: { quoteId } });
  const { maxPrice } = intent.must;
  const price = maxPrice === undefined || quote.price < maxPrice ? quote.price : maxPrice;
  return {
    ...intent,
    target: { modelId: quote.modelId },
    must: { ...intent.must, maxPrice: price },
  };
}

export function limitsOf(intent: Intent, units: UnitCount, budget: bigint): RouteRequest['limits'] {
  const { must } = intent;
  return { must, budget, maxUnits: units.most, expectedUnits: units.expected, exclude: NOBODY };
}

/** When the output must be there. Throws I106 for a deadline that has passed. */
function deadlineOf({ must }: Intent, now: EpochMs): EpochMs {
  const limits = [
    must.deadline,
    must.maxLatencyMs === undefined ? undefined : now + must.maxLatencyMs,
  ];
  const asked = limits.filter((limit) => limit !== undefined);
  const deadline = asked.length === 0 ? now + DEFAULT_DEADLINE_MS : Math.min(...asked);
  if (deadline <= now) throw new AssayError('I106', { details: { deadline, now } });
  return Math.min(deadline, now + LONGEST_DEADLINE_MS);
}

/** States what was left open: how long the text may be, and a seed that further attempts and auditors can repeat. */
function withDefaults(payload: JobPayload, units: UnitCount): JobPayload {
  if (payload.kind !== 'text') return payload;
  const { params } = payload;
  const samples = (params.temperature ?? 0) > 0 && params.seed === undefined;
  const seed = samples ? { seed: `${randomInt(2 ** 47)}` } : {};
  return { ...payload, params: { ...params, maxTokens: Number(units.most), ...seed } };
}

async function knownJob(jobId: Hex, deps: MarketDeps): Promise<JobRecord> {
  const record = deps.running.get(jobId)?.log.record ?? (await deps.jobs.find(jobId));
  if (record === undefined) throw new AssayError('I109', { details: { jobId } });
  return record;
}
