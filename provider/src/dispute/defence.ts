import { decodeEvidence, type Evidence, type Hex } from '@assay/wire';
import type { Logger } from 'pino';
import type { ReceiptStore } from '../receipt/receipt-store.ts';
import type { Vault } from '../retention/vault.ts';
import type { DisputeBook, DisputeRecord } from './dispute-book.ts';
import type { ChainDispute, DisputeChain } from './dispute-chain.ts';
import type { EvidenceStore, Published } from './evidence-store.ts';
import { longestWaitMs } from './longest-wait.ts';
import type { RetryClock } from './retry-clock.ts';

export interface DefenceOptions {
  readonly disputes: DisputeChain;
  readonly book: DisputeBook;
  readonly receipts: ReceiptStore;
  readonly vault: Vault;
  readonly evidence: EvidenceStore;
  readonly retries: RetryClock;
  readonly log: Logger;
}

/** What an accused provider does in its own interest: evidence while jurors run the job again, then the receipt's fingerprint. */
export interface Defence {
  step(record: DisputeRecord, dispute: ChainDispute, now: number): Promise<void>;
  /** This provider's own evidence of a ticket, from its vault. */
  ownEvidence(ticket: Hex): Promise<Evidence | undefined>;
}

export function createDefence(options: DefenceOptions): Defence {
  const { disputes, book, evidence, retries, log } = options;
  /** Addresses that took it, since the start: after a restart each is told once more, which changes nothing there. */
  const published = new Map<Hex, Set<string>>();

  async function ownEvidence(ticket: Hex): Promise<Evidence | undefined> {
    const plain = await options.vault.get(ticket);
    return plain && decodeEvidence(plain);
  }

  async function handOver(record: DisputeRecord): Promise<void> {
    if (!retries.isDue(record.id)) return;
    retries.failed(record.id, longestWaitMs(record));
    const own = await ownEvidence(record.id);
    if (own === undefined) return noteIfNew(record, 'input and output are not in the vault');
    const file = await evidence.keep(own);
    const done = published.get(record.id) ?? new Set();
    const { at, refused } = await evidence.publish(own, done);
    published.set(record.id, new Set([...done, ...at]));
    for (const { place, reason } of refused)
      log.warn({ dispute: record.id, place, reason }, 'evidence not taken; it is tried again');
    await noteIfNew(record, describe({ at: [...done, ...at], refused }, file));
  }

  async function noteIfNew(record: DisputeRecord, note: string): Promise<void> {
    if (record.note !== note) await book.update(record.id, { note });
  }

  async function answer(record: DisputeRecord): Promise<void> {
    const stored = options.receipts.find(record.id);
    if (stored === undefined) return noteIfNew(record, 'no such receipt in this journal');
    const { fingerprint, fingerprintSalt } = stored.frame;
    await disputes.send('answer', record.id, fingerprint, fingerprintSalt);
    await book.update(record.id, { state: 'answered' });
    log.info({ dispute: record.id }, 'dispute answered');
  }

  return {
    ownEvidence,
    async step(record, { commitEnds, answered }, now) {
      if (now < commitEnds) return handOver(record);
      if (!answered) return answer(record);
      if (record.state !== 'answered') await book.update(record.id, { state: 'answered' });
    },
  };
}

function describe({ at, refused }: Published, file: string): string {
  if (at.length > 0) return `evidence at ${at.join(', ')}`;
  const [first] = refused;
  const why = first === undefined ? 'no marketplace is connected' : first.reason;
  return `evidence in ${file} only (${why}); handed over as soon as a marketplace takes it`;
}
