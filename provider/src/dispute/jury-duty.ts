import {
  type Address,
  type Domain,
  type Evidence,
  evidenceFault,
  type Hex,
  jurorCommitment,
} from '@assay/wire';
import type { Logger } from 'pino';
import { reasonOf } from '../chain/chain.ts';

import { unavailableVote } from './compute-vote.ts';
import type { DisputeBook, DisputeRecord, Vote } from './dispute-book.ts';
import type { ChainDispute, ChainVote, DisputeChain } from './dispute-chain.ts';
import type { EvidenceStore } from './evidence-store.ts';
import { longestWaitMs } from './longest-wait.ts';
import type { RetryClock } from './retry-clock.ts';

/** Without evidence a juror waits this part of the commit window before it says UNAVAILABLE. */
const WAIT_FOR_EVIDENCE = 0.6;

export interface JuryOptions {
  readonly provider: Address;
  /** False: a draw is noted and nothing more. */
  readonly willing: boolean;
  readonly domain: Domain;
  readonly disputes: DisputeChain;
  readonly book: DisputeBook;
  readonly evidence: EvidenceStore;
  readonly retries: RetryClock;
  /** Runs the job again; undefined where the model is not served here. */
  readonly rerun: (evidence: Evidence, deadline: number) => Promise<Vote> | undefined;
  readonly log: Logger;
}

/** What a drawn juror does. The chain says what of it is done already, whatever this process remembers. */
export interface JuryDuty {
  step(record: DisputeRecord, dispute: ChainDispute, now: number): Promise<void>;
}

export function createJuryDuty(options: JuryOptions): JuryDuty {
  const { provider, disputes, book, log } = options;

  async function reveal(record: DisputeRecord, { commitment }: ChainVote): Promise<void> {
    const { id, vote } = record;
    if (commitment === undefined) return noteIfNew(record, 'no vote was committed in time');
    if (vote === undefined || jurorCommitment(id, provider, vote) !== commitment)
      return noteIfNew(record, 'the vote on chain is not of this journal: it cannot be revealed');
    const { available, fingerprint, salt } = vote;
    await disputes.send('revealFingerprint', id, available, fingerprint, salt);
    await book.update(id, { state: 'revealed' });
    log.info({ dispute: id, available }, 'vote revealed');
  }

  async function commit(record: DisputeRecord, dispute: ChainDispute, now: number): Promise<void> {
    const vote = record.vote ?? (await castVote(record, dispute, now));
    if (vote === undefined) return;
    const { id } = record;
    await book.update(id, { vote });
    await disputes.send('commitFingerprint', id, jurorCommitment(id, provider, vote));
    await noteCommitted(id, vote);
  }

  async function noteCommitted(id: Hex, vote: Vote): Promise<void> {
    const note = vote.available ? 'ran it again' : 'voted unavailable: no evidence that fits';
    await book.update(id, { state: 'committed', note });
    log.info({ dispute: id, available: vote.available }, 'vote committed');
  }

  async function castVote(
    record: DisputeRecord,
    { commitEnds, revealEnds }: ChainDispute,
    now: number,
  ): Promise<Vote | undefined> {
    const vote = await voteOnEvidence(record, commitEnds * 1000 - 2_000);
    if (vote !== undefined) return vote;
    const opened = commitEnds - (revealEnds - commitEnds);
    const patience = opened + WAIT_FOR_EVIDENCE * (commitEnds - opened);
    if (now >= patience) return unavailableVote();
    await noteIfNew(record, 'waits for evidence that fits');
    return undefined;
  }

  async function voteOnEvidence(
    record: DisputeRecord,
    deadline: number,
  ): Promise<Vote | undefined> {
    if (!options.retries.isDue(record.id)) return undefined;
    options.retries.failed(record.id, longestWaitMs(record));
    for await (const evidence of options.evidence.find(record.id)) {
      const fault = evidenceFault(evidence, record, options.domain);
      if (fault !== undefined) {
        log.warn({ dispute: record.id, fault }, 'evidence does not fit: passed over');
        continue;
      }
      const vote = await options.rerun(evidence, deadline)?.catch((error: unknown) => {
        const reason = reasonOf(error);
        log.warn({ dispute: record.id, reason }, 'the disputed job could not be run again');
        return undefined;
      });
      if (vote !== undefined) return vote;
    }
    return undefined;
  }

  async function noteIfNew(record: DisputeRecord, note: string): Promise<void> {
    if (record.note !== note) await book.update(record.id, { note });
  }

  return {
    async step(record, dispute, now) {
      const { id, vote, state } = record;
      const onChain = await disputes.vote(id);
      if (!onChain.drawn) return noteIfNew(record, 'not drawn, as the chain stands now');
      if (onChain.revealed)
        return state === 'revealed' ? undefined : book.update(id, { state: 'revealed' });
      if (now >= dispute.commitEnds) return reveal(record, onChain);
      if (onChain.commitment === undefined) {
        if (!options.willing) return noteIfNew(record, 'does not vote: disputes.juror is false');
        return commit(record, dispute, now);
      }
      const ours = vote && jurorCommitment(id, provider, vote) === onChain.commitment;
      if (vote && ours && state !== 'committed') await noteCommitted(id, vote);
    },
  };
}
