import { randomBytes } from 'node:crypto';
import {
  type Address,
  AssayError,
  type Domain,
  encodeFrame,
  type FrameMeta,
  fromHex,
  type Hex,
  inputRoot,
  type JobParams,
  LINK_LIMITS,
  type Signer,
  type Ticket,
} from '@assay/wire';
import type { Logger } from 'pino';
import type { EnergyMeter } from '../../energy/energy-meter.ts';
import type { MarketplaceLink } from '../../link/marketplace-link.ts';
import type { ReceiptStore } from '../../receipt/receipt-store.ts';
import { type SignedStatement, signReceipt } from '../../receipt/sign-receipt.ts';
import { type CreditLimits, checkCredit } from '../../settlement/check-credit.ts';
import type { Ledger } from '../../settlement/ledger.ts';
import type { SessionFacts, SessionReader } from '../../settlement/session-facts.ts';
import { estimateUnits } from '../slots/estimate-units.ts';
import type { RunInput, SlotPool } from '../slots/slot-types.ts';
import type { Attempt, Attempts } from './attempt.ts';
import { createOutbox } from './outbox.ts';
import type { PriceBoard } from './price-board.ts';
import { type JobInput, readInput } from './read-input.ts';
import { checkPrice, checkSession, checkTicket } from './read-ticket.ts';
import { asFault, refusalFrame } from './refusal.ts';
import { type Released, releaseOutput } from './release-output.ts';
import type { ServedOffer } from './served-offer.ts';

const BUFFERED_LIMIT = 256 * 1024 * 1024;

/** What happened, for metrics, retention and energy; never awaited by the job. */
export interface DeskObserver {
  accepted(attempt: Attempt): void;
  refused(code: string, offer: ServedOffer | undefined): void;
  completed(attempt: Attempt, facts: CompletedFacts): void;
}
export interface CompletedFacts {
  readonly units: bigint;
  readonly price: bigint;
  readonly queueMs: number;
  readonly computeMs: number;
  readonly batchSize: number;
  readonly energyJoules: number | undefined;
}

export interface DeskOptions {
  readonly provider: Address;
  readonly domain: Domain;
  readonly signer: Signer;
  readonly offers: ReadonlyMap<Hex, ServedOffer>;
  readonly pool: SlotPool;
  readonly prices: PriceBoard;
  readonly attempts: Attempts;
  readonly receipts: ReceiptStore;
  readonly ledger: Ledger;
  readonly sessions: SessionReader;
  readonly credit: CreditLimits;
  readonly maxQueue: number;
  readonly draining: () => boolean;
  readonly energy: Pick<EnergyMeter, 'method' | 'joulesOf'>;
  /** Keeps input and output for disputes, before the receipt is stored. */
  readonly retain: (
    attempt: Attempt,
    input: JobInput,
    output: Released,
    statement: SignedStatement,
  ) => Promise<void>;
  readonly observer: DeskObserver;
  readonly log: Logger;
}

/** Takes tickets on or refuses them, runs them, releases the output, then states the receipt. */
export interface TicketDesk {
  take(meta: FrameMeta<'ticket'>, body: Uint8Array, link: MarketplaceLink): Promise<void>;
  cancel(ticket: Hex, reason: string): void;
}

interface Prepared {
  readonly offer: ServedOffer;
  readonly ticket: Ticket;
  readonly session: SessionFacts;
  readonly input: JobInput;
}

export function createTicketDesk(options: DeskOptions): TicketDesk {
  const { offers, pool, attempts, receipts, ledger, sessions, log } = options;
  const admitting = new Set<Hex>();

  /** A ticket that was seen before is answered with what was said then. */
  function repeat(ticketId: Hex, link: MarketplaceLink): boolean {
    const attempt = attempts.get(ticketId);
    if (attempt) attempt.outbox.restart(link);
    if (attempt || admitting.has(ticketId)) return true;
    const stored = receipts.find(ticketId);
    if (stored) link.send(encodeFrame('receipt', stored.frame));
    return stored !== undefined;
  }

  function checkRoom(offer: ServedOffer): void {
    if (options.draining()) throw new AssayError('P305');
    const queued =
      pool.stats().models.find(({ modelId }) => modelId === offer.modelId)?.queued ?? 0;
    const full =
      queued >= options.maxQueue ||
      attempts.size >= LINK_LIMITS.windowFrames ||
      attempts.bufferedBytes > BUFFERED_LIMIT;
    if (full)
      throw new AssayError('P308', {
        details: { queued },
        retryAfterMs: 100 + queued * offer.msPerUnit,
      });
  }

  /** Refuses at once when the predicted finish misses the deadline. */
  function checkTime(offer: ServedOffer, deadlineMs: number, units: number): void {
    const now = Date.now();
    const finish = pool.predictFinish({ modelId: offer.modelId, units });
    if (finish <= deadlineMs) return;
    throw new AssayError('P301', {
      details: { predictedMs: finish - now, availableMs: deadlineMs - now },
      retryAfterMs: finish - deadlineMs,
    });
  }

  /** Everything that has to be waited for: the session's facts and the payload. */
  async function prepare(
    meta: FrameMeta<'ticket'>,
    body: Uint8Array,
    link: MarketplaceLink,
  ): Promise<Prepared> {
    const offer = offers.get(meta.modelId);
    if (offer === undefined) throw new AssayError('P302', { details: { modelId: meta.modelId } });
    const ticket = checkTicket(meta, { offer, domain: options.domain });
    checkRoom(offer);
    checkPrice(meta, offer, options.prices.floor(offer, Date.now()));
    const session = await sessions.read(ticket.sessionId);
    checkSession(meta, session, link.gateway as Address);
    return { offer, ticket, session, input: await readInput(meta, body, link.blobUrl) };
  }

  /** Decides and reserves without a pause, so that tickets that come together cannot share one credit or one gap. */
  function admit(meta: FrameMeta<'ticket'>, link: MarketplaceLink, prepared: Prepared): Attempt {
    const { offer, ticket, session, input } = prepared;
    const gateway = link.gateway as Address;
    const estimate = unitsOf(offer, input.run, meta);
    checkRoom(offer);
    checkTime(offer, meta.deadlineMs, estimate);
    const reserved = cost(BigInt(estimate), meta, ticket);
    const fault = checkCredit({
      session,
      owed: ledger.balanceOf(ticket.sessionId),
      reserved: attempts.reservedBy(ticket.sessionId),
      price: reserved,
      gatewayUnclaimed: ledger.unclaimedOf(gateway),
      limits: options.credit,
    });
    if (fault) throw fault;
    const attempt: Attempt = {
      ...{ ticketId: meta.id, ticket, gateway, offer, meta, reserved },
      outbox: createOutbox(meta.id, link),
      stop: new AbortController(),
      acceptedAt: Date.now(),
      state: 'running',
    };
    attempts.add(attempt);
    options.observer.accepted(attempt);
    return attempt;
  }

  async function run(attempt: Attempt, input: JobInput, link: MarketplaceLink): Promise<void> {
    const { meta, offer, outbox, stop } = attempt;
    const release = releaseOutput(meta.id, outbox.push, link.blobUrl);
    const params = paramsOf(meta);
    let started = false;
    const start = (): void => {
      if (started) return;
      started = true;
      outbox.push(
        encodeFrame('started', { ticket: meta.id, time: Date.now(), inFlight: attempts.size }),
      );
    };
    const running = pool.run(
      { modelId: offer.modelId, input: input.run, params },
      {
        deadline: meta.deadlineMs,
        signal: stop.signal,
        onStarted: start,
        onChunk: (chunk) => {
          start();
          release.push(chunk);
        },
      },
    );
    // The input is hashed while the child computes.
    const committedInput = inputRoot(fromHex(meta.inputSalt), params, input.committed);
    const result = await running;
    const released = await release.finish(result);
    const units = BigInt(result.units);
    const price = cost(units, meta, attempt.ticket);
    const statement = signReceipt(
      {
        ticket: meta.id,
        execClass: offer.execClass,
        inputRoot: committedInput,
        text: released.text,
        tensors: released.tensors,
        fingerprintSource: result.fingerprintSource,
        basis: offer.basis,
        units,
        price,
        startedAt: result.startedAt,
        finishedAt: result.finishedAt,
        chunks: released.chunks,
        energyJoules: options.energy.joulesOf(result),
        energyMethod: options.energy.method,
      },
      randomBytes(16),
      options,
    );
    await options.retain(attempt, input, released, statement);
    const owner = { gateway: attempt.gateway, modelId: offer.modelId, ticket: attempt.ticket };
    const stored = await receipts.keep(statement, owner);
    attempts.stated(attempt);
    outbox.push(encodeFrame('receipt', stored.frame));
    const { queueMs, computeMs, batchSize } = result;
    const { energyJoules } = stored.frame;
    options.observer.completed(attempt, {
      units,
      price,
      queueMs,
      computeMs,
      batchSize,
      energyJoules,
    });
  }

  function refuse(ticketId: Hex, error: unknown, send: (frame: Buffer) => void): void {
    const fault = asFault(error);
    const offer = attempts.get(ticketId)?.offer;
    attempts.remove(ticketId);
    send(refusalFrame(ticketId, fault, options, Date.now()));
    options.observer.refused(fault.code, offer);
    const level = fault.code === 'P300' && fault.cause !== undefined ? 'error' : 'debug';
    log[level](
      { ticket: ticketId, code: fault.code, details: fault.details, cause: fault.cause },
      'ticket refused',
    );
  }

  return {
    async take(meta, body, link) {
      if (repeat(meta.id, link)) return;
      admitting.add(meta.id);
      try {
        const prepared = await prepare(meta, body, link);
        await run(admit(meta, link, prepared), prepared.input, link);
      } catch (error) {
        const push =
          attempts.get(meta.id)?.outbox.push ?? ((frame: Buffer) => void link.send(frame));
        refuse(meta.id, error, push);
      } finally {
        admitting.delete(meta.id);
      }
    },
    cancel(ticket, reason) {
      const attempt = attempts.get(ticket);
      if (attempt?.state === 'running')
        attempt.stop.abort(new AssayError('P300', { details: { reason: `cancelled: ${reason}` } }));
    },
  };
}

function paramsOf({ params }: FrameMeta<'ticket'>): JobParams {
  return Object.fromEntries(Object.entries(params).filter(([, value]) => value !== undefined));
}

function unitsOf(offer: ServedOffer, input: RunInput, meta: FrameMeta<'ticket'>): number {
  return estimateUnits(offer.manifest, { modelId: offer.modelId, input, params: paramsOf(meta) });
}

function cost(units: bigint, meta: FrameMeta<'ticket'>, { maxPrice }: Ticket): bigint {
  const price = units * BigInt(meta.unitPrice);
  return price < maxPrice ? price : maxPrice;
}
