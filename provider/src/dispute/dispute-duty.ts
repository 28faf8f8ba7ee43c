import type { Hex } from '@assay/wire';
import type { Logger } from 'pino';
import { reasonOf } from '../chain/chain.ts';
import type { Defence } from './defence.ts';
import type { DisputeBook, DisputeRecord } from './dispute-book.ts';
import type { DisputeChain } from './dispute-chain.ts';
import type { EvidenceStore } from './evidence-store.ts';
import type { JuryDuty } from './jury-duty.ts';

export interface DutyOptions {
  /** Notes the disputes of some more blocks; resolves with whether more are left. */
  readonly scan: () => Promise<boolean>;
  readonly disputes: DisputeChain;
  readonly book: DisputeBook;
  readonly evidence: EvidenceStore;
  readonly defence: Defence;
  readonly jury: JuryDuty;
  readonly everyMs: number;
  readonly log: Logger;
}

/** Watches the chain for disputes that concern this provider and does, in time and unattended, what the rules ask. */
export interface DisputeDuty {
  /** One look at the chain and one step of every open dispute, between any two stretches of blocks. */
  step(): Promise<void>;
  start(): void;
  stop(): Promise<void>;
}

export function createDisputeDuty(options: DutyOptions): DisputeDuty {
  const { book, disputes, evidence, log } = options;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let running: Promise<void> = Promise.resolve();

  async function step(): Promise<void> {
    let more = true;
    while (more && !stopped) {
      more = await options.scan().catch((error: unknown) => {
        log.debug({ reason: reasonOf(error) }, 'disputes could not be read');
        return false;
      });
      await doDuties();
    }
  }

  async function doDuties(): Promise<void> {
    const records = book.all();
    if (records.length === 0) return;
    const now = await disputes.now();
    // A verdict of the last blocks may be taken back by a reorg, so it is looked at until the last window ends.
    const watched = records.filter(
      ({ state, revealEnds }) => state !== 'closed' || now < revealEnds,
    );
    for (const record of watched) {
      await advance(record, now).catch((error: unknown) =>
        log.warn(
          { dispute: record.id, reason: reasonOf(error) },
          'a step of a dispute failed; it is tried again',
        ),
      );
    }
  }

  async function advance(record: DisputeRecord, now: number): Promise<void> {
    const dispute = await disputes.dispute(record.id);
    // An endpoint that lags, or a reorg: the dispute may be there in the next block.
    if (dispute.status === 'NONE' && now < record.revealEnds) return;
    if (dispute.status !== 'OPEN') return close(record, dispute.status);
    if (now >= dispute.revealEnds) return disputes.send('resolve', record.id);
    const duty = record.role === 'accused' ? options.defence : options.jury;
    await duty.step(record, dispute, now);
  }

  /** The evidence is somebody's plaintext: it goes first, so that no crash leaves it behind. */
  async function close({ id, state, note }: DisputeRecord, verdict: string): Promise<void> {
    await evidence.remove(id);
    if (state !== 'closed' || note !== verdict)
      await book.update(id, { state: 'closed', note: verdict });
  }

  /** What an earlier version, or somebody's late import, left behind. */
  async function sweep(): Promise<void> {
    const closed = book.all().filter(({ state }) => state === 'closed');
    const files = new Set(await evidence.kept());
    for (const { id } of closed) if (files.has(id)) await evidence.remove(id as Hex);
  }

  async function tick(): Promise<void> {
    await step().catch((error: unknown) =>
      log.debug({ reason: reasonOf(error) }, 'disputes could not be read'),
    );
    if (!stopped) timer = setTimeout(again, options.everyMs);
  }

  function again(): void {
    running = tick();
  }

  return {
    step,
    start() {
      running = sweep()
        .catch((error: unknown) => log.warn({ reason: reasonOf(error) }, 'old evidence not swept'))
        .then(tick);
    },
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
