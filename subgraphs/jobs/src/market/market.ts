import {
  AssayError,
  type Domain,
  type Grant,
  type Hex,
  type Identity,
  type Intent,
  type JobEvent,
  type JobPayload,
  type Outcome,
  type Policy,
  type SubmitOptions,
} from '@assay/wire';
import { cancelJob } from '../dispatch/cancel-job.ts';
import { followStored, type JobNotices } from '../dispatch/follow-stored.ts';
import type { JobRecord } from '../domain/job-record.ts';
import type { Quote } from '../domain/quote.ts';
import type { PaymentIssuer } from '../settlement/payment-issuer.ts';
import type { Payment, SessionAccount } from '../settlement/session-account.ts';
import type { Authorization, Opened } from '../settlement/session-service.ts';
import { acceptVoucher, type PaymentPlace, type SignedVoucher } from './accept-voucher.ts';
import { makeQuote } from './make-quote.ts';
import type { MarketDeps } from './market-deps.ts';
import { submitJob } from './submit-job.ts';

/** The market's use cases, for the schema and the port. Only the owner of a session sees its jobs. */
export interface Market {
  quote(intent: Intent, units: bigint | undefined): Promise<Quote>;
  submit(
    intent: Intent,
    payload: JobPayload,
    identity: Identity,
    options: SubmitOptions,
  ): Promise<JobRecord>;
  job(id: Hex, identity: Identity): Promise<JobRecord | undefined>;
  /** What the job has delivered so far, while it is kept. */
  outputs(id: Hex): Promise<readonly JobEvent[]>;
  events(id: Hex, after: number, identity: Identity): Promise<AsyncIterableIterator<JobEvent>>;
  cancel(id: Hex, identity: Identity): Promise<JobRecord>;
  rate(id: Hex, rating: number, identity: Identity): Promise<JobRecord>;
  route(id: Hex, identity: Identity): Promise<string | undefined>;
  session(id: Hex, identity: Identity): Promise<SessionAccount | undefined>;
  openSession(grant: Grant, policy: Policy, authorization: Authorization): Promise<Opened>;
  topUpSession(id: Hex, salt: Hex, authorization: Authorization): Promise<Opened>;
  closeSession(id: Hex, signature: Hex): Promise<SessionAccount>;
  /** Vouchers of self-custody keys. Returns each with its guarantee, in the order given. */
  submitVouchers(
    vouchers: readonly SignedVoucher[],
    identity: Identity,
  ): Promise<readonly (Payment & PaymentPlace)[]>;
}

export interface MarketOptions extends MarketDeps {
  readonly domain: Domain;
  readonly notices: JobNotices;
  readonly payments: PaymentIssuer;
  readonly report: (outcome: Outcome) => void;
}

export function createMarket(deps: MarketOptions): Market {
  const isOwner = (record: JobRecord, identity: Identity) =>
    record.tokenHash === identity.tokenHash;

  async function find(id: Hex, identity: Identity): Promise<JobRecord | undefined> {
    const record = deps.running.get(id)?.log.record ?? (await deps.jobs.find(id));
    return record !== undefined && isOwner(record, identity) ? record : undefined;
  }

  async function require(id: Hex, identity: Identity): Promise<JobRecord> {
    const record = await find(id, identity);
    if (record === undefined) throw new AssayError('I109', { details: { jobId: id } });
    return record;
  }

  return {
    quote: (intent, units) => makeQuote({ intent, units }, deps),
    submit: (intent, payload, identity, options) =>
      submitJob({ intent, payload, identity, options }, deps),
    job: find,
    async outputs(id) {
      const running = deps.running.get(id);
      return running === undefined ? deps.jobs.events(id, 0, 10_000) : running.log.events;
    },
    async events(id, after, identity) {
      await require(id, identity);
      const running = deps.running.get(id);
      if (running !== undefined) return running.log.follow(after);
      return followStored({ jobId: id, after, store: deps.jobs, notices: deps.notices });
    },
    async cancel(id, identity) {
      const record = await require(id, identity);
      const running = deps.running.get(id);
      if (running === undefined) {
        if (record.finishedAt === undefined) await deps.notices.askToCancel(id);
        return record;
      }
      cancelJob(running);
      return running.log.record;
    },
    async rate(id, rating, identity) {
      const record = await require(id, identity);
      if (!Number.isInteger(rating) || rating < 1 || rating > 5)
        throw new AssayError('I100', {
          details: { field: 'rating', given: rating, allowed: '1 to 5' },
        });
      if (record.status !== 'COMPLETED' || record.provider === undefined)
        throw new AssayError('I100', {
          details: { field: 'id', status: record.status },
          hint: 'Only completed jobs can be rated.',
        });
      if (record.rating !== undefined) return record;
      const rated = { ...record, rating };
      await deps.jobs.save(rated);
      deps.report(ratingOf(rated, record.provider, rating, deps.now()));
      return rated;
    },
    async route(id, identity) {
      if ((await find(id, identity)) === undefined) return undefined;
      return (await deps.jobs.route(id)) ?? undefined;
    },
    async session(id, identity) {
      const account = await deps.ledger.read(id);
      return account !== undefined && account.grant.salt === identity.tokenHash
        ? account
        : undefined;
    },
    openSession: (grant, policy, authorization) => deps.sessions.open(grant, policy, authorization),
    topUpSession: (id, salt, authorization) => deps.sessions.topUp(id, salt, authorization),
    closeSession: (id, signature) => deps.sessions.close(id, signature),
    async submitVouchers(vouchers, identity) {
      const accepted = [];
      for (const voucher of vouchers) accepted.push(await acceptVoucher(voucher, identity, deps));
      return accepted;
    },
  };
}

function ratingOf(record: JobRecord, providerId: Hex, rating: number, at: number): Outcome {
  return {
    jobId: record.id,
    attempt: record.attempts,
    providerId,
    modelId: record.modelId,
    payer: record.payer,
    kind: 'rating',
    at,
    latencyMs: record.latencyMs ?? 0,
    units: `${record.units ?? 0n}`,
    price: `${record.price ?? 0n}`,
    protocolFee: '0',
    rating,
  };
}
