import { randomBytes } from 'node:crypto';
import {
  type Address,
  AssayError,
  encodeFrame,
  type FrameMeta,
  fromHex,
  type Hex,
  inputRoot,
  type Signer,
} from '@assay/wire';
import type { Logger } from 'pino';
import type { EnergyMeter } from '../../energy/energy-meter.ts';
import type { MarketplaceLink } from '../../link/marketplace-link.ts';
import type { ReceiptStore } from '../../receipt/receipt-store.ts';
import { type SignedStatement, signReceipt } from '../../receipt/sign-receipt.ts';
import type { NotePlace } from '../../retention/vault.ts';
import { type AdmissionOptions, createAdmission, type Screened } from './admission.ts';
import type { Attempt } from './attempt.ts';
import { endInTime } from './end-in-time.ts';
import { limitCurtailed, refuseOverdue } from './overdue.ts';
import { paramsOf } from './params-of.ts';
import { priceOf } from './price-of.ts';
import { type JobInput, namesBlobs, readInput } from './read-input.ts';
import { asFault, refusalFrame } from './refusal.ts';
import { type Released, releaseOutput } from './release-output.ts';
import type { ServedOffer } from './served-offer.ts';
import { countedUnits, paidUnits } from './ticket-units.ts';
import { createTurns, type Turns } from './turns.ts';
import { unlessStopped } from './unless-stopped.ts';
import { untilDeadline } from './until-deadline.ts';

/** Blobs fetched at once from one gateway. */
const DOWNLOADS = 4;

/** What happened, for metrics, retention and energy; never awaited by the job. */
export interface DeskObserver {
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

export interface DeskOptions extends AdmissionOptions {
  readonly provider: Address;
  readonly signer: Signer;
  readonly receipts: ReceiptStore;
  readonly energy: Pick<EnergyMeter, 'method' | 'joulesOf'>;
  /** Keeps input and output for disputes; what it resolves with is written together with the receipt. */
  readonly retain: (
    attempt: Attempt,
    input: JobInput,
    output: Released,
    statement: SignedStatement,
  ) => Promise<NotePlace>;
  readonly observer: DeskObserver;
  readonly log: Logger;
}

/** Why a gateway ends a ticket, and whether it pays for a part. */
export type Cancellation = Pick<FrameMeta<'cancel'>, 'reason' | 'partial'>;

/** Takes tickets on or refuses them, runs them, releases the output, then states the receipt. */
export interface TicketDesk {
  take(meta: FrameMeta<'ticket'>, body: Uint8Array, link: MarketplaceLink): Promise<void>;
  /**
   * Ends one of the gateway's own tickets without a receipt; with `partial` what was generated so far is stated and
   * paid. Others are none of its business.
   */
  cancel(gateway: Address, ticket: Hex, asked: Cancellation): void;
  /** The gateway has the receipt. Without effect before there is one. */
  acknowledge(gateway: Address, ticket: Hex): Promise<void>;
}

export function createTicketDesk(options: DeskOptions): TicketDesk {
  const { pool, attempts, receipts, log } = options;
  const admission = createAdmission(options);
  const downloads = new Map<Address, Turns>();

  function downloadsOf(gateway: Address): Turns {
    const turns = downloads.get(gateway) ?? createTurns(DOWNLOADS);
    downloads.set(gateway, turns);
    return turns;
  }

  /** A ticket that was seen before is answered with what was said then; nobody hears of another gateway's. */
  function repeat(ticketId: Hex, link: MarketplaceLink): boolean {
    const own = attempts.get(link.gateway as Address, ticketId);
    own?.outbox.restart(link);
    if (own) return true;
    const stored = receipts.find(ticketId);
    const isOthers = stored ? stored.gateway !== link.gateway : attempts.has(ticketId);
    if (isOthers) log.warn({ ticketId, url: link.url }, 'a ticket of another gateway was ignored');
    else if (stored) link.send(encodeFrame('receipt', stored.frame));
    return isOthers || stored !== undefined;
  }

  async function serve(screened: Screened, link: MarketplaceLink): Promise<void> {
    const { attempt, plan } = screened;
    await admission.admit(screened);
    const { gateway, meta, stop } = attempt;
    const { blobUrl } = link;
    const source = {
      blobUrl,
      signal: () => untilDeadline(meta.deadlineMs, stop.signal),
      turns: downloadsOf(gateway),
    };
    const input = await unlessStopped(readInput(plan, source), stop.signal);
    if (namesBlobs(plan)) admission.checkTime(attempt, countedUnits(attempt, input.run).expected);
    await run(attempt, input, link);
  }

  async function run(attempt: Attempt, input: JobInput, link: MarketplaceLink): Promise<void> {
    const { meta, offer, outbox, stop, curtail } = attempt;
    const release = releaseOutput(meta.id, outbox.push, {
      blobUrl: link.blobUrl,
      signal: () => {
        attempt.atStore = true;
        return untilDeadline(meta.deadlineMs, stop.signal);
      },
    });
    const params = paramsOf(meta);
    let started = false;
    const start = (): void => {
      if (started) return;
      started = true;
      outbox.push(
        encodeFrame('started', { ticket: meta.id, time: Date.now(), inFlight: attempts.size }),
      );
    };
    const maxUnits = paidUnits(meta, attempt.ticket);
    const timely = endInTime(attempt, link.clockSkewMs);
    const running = pool.run(
      {
        modelId: offer.modelId,
        input: input.run,
        params,
        ...(maxUnits !== undefined && { maxUnits }),
      },
      {
        deadline: meta.deadlineMs,
        signal: stop.signal,
        curtail: curtail.signal,
        onStarted: start,
        onChunk: (chunk) => {
          start();
          attempt.released += chunk.units;
          release.push(chunk);
          timely.heard();
        },
      },
    );
    // The input is hashed while the child computes.
    const committedInput = inputRoot(fromHex(meta.inputSalt), params, input.committed);
    const result = await running.finally(timely.clear);
    const released = await release.finish(result);
    const units = BigInt(result.units);
    const price = priceOf(units, meta, attempt.ticket);
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
        cutShort: timely.endedIt && result.cut,
      },
      randomBytes(16),
      options,
    );
    const note = await onDisk(attempt, options.retain(attempt, input, released, statement));
    refuseOverdue(attempt, link.clockSkewMs);
    const owner = { gateway: attempt.gateway, modelId: offer.modelId, ticket: attempt.ticket };
    const stored = await onDisk(attempt, receipts.keep(statement, owner, note));
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

  function refuse(
    ticketId: Hex,
    error: unknown,
    to: { readonly offer?: ServedOffer; readonly send: (frame: Buffer) => unknown },
  ): void {
    const fault = asFault(error);
    to.send(refusalFrame(ticketId, fault, options, Date.now()));
    options.observer.refused(fault.code, to.offer);
    const level = fault.code === 'P300' && fault.cause !== undefined ? 'error' : 'debug';
    log[level](
      { ticket: ticketId, code: fault.code, details: fault.details, cause: fault.cause },
      'ticket refused',
    );
  }

  /** A ticket's receipt is its last word: after it nothing is refused. */
  function giveUp(attempt: Attempt, error: unknown): void {
    if (attempt.state === 'stated') throw error;
    attempts.remove(attempt);
    const { released, meta, ticket } = attempt;
    if (released > 0 && isGatewaysDoing(attempt))
      attempts.stoppedAfterOutput(attempt, priceOf(BigInt(Math.ceil(released)), meta, ticket));
    refuse(attempt.ticketId, error, { offer: attempt.offer, send: attempt.outbox.push });
  }

  function screen(
    meta: FrameMeta<'ticket'>,
    body: Uint8Array,
    link: MarketplaceLink,
  ): Screened | undefined {
    try {
      const screened = admission.screen(meta, body, link);
      attempts.add(screened.attempt);
      return screened;
    } catch (error) {
      refuse(meta.id, error, { send: link.send });
      return undefined;
    }
  }

  return {
    async take(meta, body, link) {
      if (repeat(meta.id, link)) return;
      const screened = screen(meta, body, link);
      await (screened && serve(screened, link).catch((error) => giveUp(screened.attempt, error)));
    },
    cancel(gateway, ticket, { reason, partial }) {
      const attempt = attempts.get(gateway, ticket);
      if (attempt === undefined || attempt.state === 'stated') return;
      const fault = new AssayError('P300', { details: { reason: `cancelled: ${reason}` } });
      // Nothing was generated while it was still being admitted.
      const end = partial && attempt.state === 'running' ? attempt.curtail : attempt.stop;
      end.abort(fault);
      if (end === attempt.curtail) limitCurtailed(attempt);
    },
    async acknowledge(gateway, ticket) {
      const attempt = attempts.get(gateway, ticket);
      if (attempt && attempt.state !== 'stated') {
        log.warn({ ticket, gateway }, 'an acknowledgement before the receipt was ignored');
        return;
      }
      if (attempt) attempts.remove(attempt);
      await receipts.acknowledge(ticket, gateway);
    },
  };
}

/** What fails on this machine's own disk is not its gateway's doing, whoever has the output by then. */
function onDisk<T>(attempt: Attempt, work: Promise<T>): Promise<T> {
  return work.catch((error: unknown) => {
    attempt.diskFailed = true;
    throw error;
  });
}

/** Whether its gateway is why it ends without a receipt: it stopped it, or had the output in its hands. */
function isGatewaysDoing({ stop, overdue, atStore, diskFailed }: Attempt): boolean {
  return (atStore && !diskFailed) || (stop.signal.aborted && !overdue);
}
