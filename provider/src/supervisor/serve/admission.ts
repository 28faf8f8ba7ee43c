import {
  type Address,
  AssayError,
  type Domain,
  type FrameMeta,
  type Hex,
  LINK_LIMITS,
  unpackPrefix,
} from '@assay/wire';
import type { MarketplaceLink } from '../../link/marketplace-link.ts';
import { type CreditLimits, checkCredit } from '../../settlement/check-credit.ts';
import type { Ledger } from '../../settlement/ledger.ts';
import type { SessionReader } from '../../settlement/session-facts.ts';
import { checkHeaders } from '../slots/check-headers.ts';
import type { SlotPool } from '../slots/slot-types.ts';
import type { Attempt } from './attempt.ts';
import type { Attempts } from './attempts.ts';
import { createOutbox } from './outbox.ts';
import { type InputPlan, planInput } from './plan-input.ts';
import type { PriceBoard } from './price-board.ts';
import { priceOf } from './price-of.ts';
import { checkPrice, checkSession, checkTicket } from './read-ticket.ts';
import type { ServedOffer } from './served-offer.ts';
import { plannedUnits } from './ticket-units.ts';
import { unlessStopped } from './unless-stopped.ts';

/** A search through all blocks can be slow; the next ticket of the session finds it done. */
const END_WAIT_MS = 2_000;

export interface AdmissionOptions {
  readonly domain: Domain;
  readonly offers: ReadonlyMap<Hex, ServedOffer>;
  readonly pool: SlotPool;
  readonly prices: PriceBoard;
  readonly attempts: Attempts;
  readonly ledger: Ledger;
  readonly sessions: SessionReader;
  readonly credit: CreditLimits;
  readonly maxQueue: number;
  /** What inputs and outputs of one gateway's attempts may take in memory. */
  readonly maxBytesPerGateway: number;
  /** A session has to last this long after a job's deadline, so that its voucher can still be claimed. */
  readonly claimMarginMs: number;
  readonly draining: () => boolean;
}

/** A ticket that nothing speaks against so far. */
export interface Screened {
  readonly attempt: Attempt;
  readonly plan: InputPlan;
}

/** Decides which tickets are taken on, before anything is fetched or computed for them. */
export interface Admission {
  /** Everything that can be told at once. Throws why the ticket is refused. */
  screen(meta: FrameMeta<'ticket'>, body: Uint8Array, link: MarketplaceLink): Screened;
  /** Asks the chain about the session, then reserves credit. Rejects with why the ticket is refused. */
  admit(screened: Screened): Promise<void>;
  /** Refuses when so many units are predicted to end after the deadline: P301. */
  checkTime(attempt: Attempt, units: number): void;
}

export function createAdmission(options: AdmissionOptions): Admission {
  const { offers, pool, attempts, ledger, sessions } = options;

  function checkQueue(offer: ServedOffer): void {
    if (options.draining()) throw new AssayError('P305');
    const { queued = 0 } =
      pool.stats().models.find(({ modelId }) => modelId === offer.modelId) ?? {};
    if (queued >= options.maxQueue) throw busy({ queued }, 100 + queued * offer.msPerUnit);
  }

  /** Each gateway has its own room, so that one that acknowledges nothing stops only itself. */
  function checkRoom(gateway: Address, inputBytes: number): void {
    const load = attempts.loadOf(gateway);
    if (load.attempts >= LINK_LIMITS.windowFrames) throw busy({ unacknowledged: load.attempts });
    const bytes = load.bytes + inputBytes;
    const limit = options.maxBytesPerGateway;
    if (bytes > limit) throw busy({ bytes, limit });
  }

  function checkTime({ meta: { deadlineMs }, offer }: Attempt, units: number): void {
    const now = Date.now();
    const finish = pool.predictFinish({ modelId: offer.modelId, units });
    if (finish <= deadlineMs) return;
    throw new AssayError('P301', {
      details: { predictedMs: finish - now, availableMs: deadlineMs - now },
      retryAfterMs: finish - deadlineMs,
    });
  }

  function screen(
    packed: FrameMeta<'ticket'>,
    payload: Uint8Array,
    link: MarketplaceLink,
  ): Screened {
    const { meta, body } = unpackPrefix(packed, payload);
    const gateway = link.gateway as Address;
    const offer = offers.get(meta.modelId);
    if (offer === undefined) throw new AssayError('P302', { details: { modelId: meta.modelId } });
    const ticket = checkTicket(meta, { offer, domain: options.domain });
    checkQueue(offer);
    checkPrice(meta, offer, options.prices.floor(offer, Date.now()));
    const plan = planInput(meta, body);
    checkHeaders(offer.manifest, headersOf(plan));
    const inputBytes = plan.bytes + (meta.params.deliveredPrefix?.length ?? 0);
    checkRoom(gateway, inputBytes);
    const attempt: Attempt = {
      ...{ ticketId: meta.id, ticket, gateway, offer, meta, inputBytes },
      outbox: createOutbox(link),
      stop: new AbortController(),
      curtail: new AbortController(),
      acceptedAt: Date.now(),
      reserved: 0n,
      overdue: false,
      patience: undefined,
      atStore: false,
      diskFailed: false,
      released: 0,
      state: 'admitting',
    };
    return { attempt, plan };
  }

  /** Undefined where no endpoint says it, or not soon. */
  async function endOf(sessionId: Hex): Promise<number | undefined> {
    const { promise: late, resolve } = Promise.withResolvers<undefined>();
    const timer = setTimeout(resolve, END_WAIT_MS, undefined);
    const known = sessions.endOf(sessionId).catch(() => undefined);
    return Promise.race([known, late]).finally(() => clearTimeout(timer));
  }

  async function admit(screened: Screened): Promise<void> {
    const { ticket, gateway, meta, stop } = screened.attempt;
    const [session, end] = await unlessStopped(
      Promise.all([sessions.read(ticket.sessionId), endOf(ticket.sessionId)]),
      stop.signal,
    );
    checkSession(meta, session, gateway);
    // No pause from here on: tickets that come together cannot share one credit or one gap.
    reserve(screened, session, end === undefined ? undefined : end * 1000);
  }

  function reserve(
    screened: Screened,
    session: Awaited<ReturnType<SessionReader['read']>>,
    endsAt: number | undefined,
  ): void {
    const { attempt, plan } = screened;
    const { ticket, gateway, meta, offer } = attempt;
    checkQueue(offer);
    const units = plannedUnits(attempt, plan);
    checkTime(attempt, units.expected);
    const price = priceOf(BigInt(units.most), meta, ticket);
    const fault = checkCredit({
      session,
      endsAt,
      claimableAt: meta.deadlineMs + options.claimMarginMs,
      owed: ledger.balanceOf(ticket.sessionId),
      reserved: attempts.reservedBy(ticket.sessionId),
      price,
      exposure: ledger.exposureOf(gateway) + attempts.reservedFor(gateway).value,
      limits: options.credit,
    });
    if (fault) throw fault;
    attempts.admit(attempt, price);
  }

  return { screen, admit, checkTime };
}

const busy = (details: object, retryAfterMs = 1_000): AssayError =>
  new AssayError('P308', { details: { ...details }, retryAfterMs });

const headersOf = (plan: InputPlan) =>
  plan.kind === 'text' ? plan : { kind: plan.kind, tensors: plan.parts };
