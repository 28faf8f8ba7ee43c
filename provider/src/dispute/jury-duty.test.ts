import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Address, type Evidence, type Hex, jurorCommitment, signerOf } from '@assay/wire';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { openJournal } from '../store/journal.ts';

import { createDisputeBook, type Vote } from './dispute-book.ts';
import type { ChainDispute, ChainVote, DisputeChain } from './dispute-chain.ts';
import { createEvidenceStore } from './evidence-store.ts';
import { createJuryDuty } from './jury-duty.ts';
import { createRetryClock } from './retry-clock.ts';

const log = pino({ level: 'silent' });
const provider: Address = `0x${'a'.repeat(40)}`;
const hex = (digit: string): Hex => `0x${digit.repeat(64)}`;
const id = hex('1');
const [COMMIT_ENDS, REVEAL_ENDS] = [2_000, 3_000];
const dispute: ChainDispute = {
  status: 'OPEN',
  commitEnds: COMMIT_ENDS,
  revealEnds: REVEAL_ENDS,
  answered: false,
};
const record = {
  ...{ id, role: 'juror' as const, modelId: hex('2'), receipt: hex('3'), inputRoot: hex('4') },
  ...{ commitEnds: COMMIT_ENDS, revealEnds: REVEAL_ENDS },
  ...{ state: 'open' as const, vote: undefined, note: '' },
};

/** A chain that holds one vote; `fail` says what becomes of the next transaction. */
function voteChain() {
  const vote = { drawn: true, commitment: undefined as Hex | undefined, revealed: false };
  const sent: string[] = [];
  let fail: 'before' | 'after' | undefined;
  const disputes: DisputeChain = {
    dispute: async () => dispute,
    vote: async (): Promise<ChainVote> => ({ ...vote }),
    now: async () => 0,
    async send(name, _, ...args) {
      const failing = fail;
      fail = undefined;
      if (failing === 'before') throw new Error('not sent');
      sent.push(name);
      if (name === 'commitFingerprint') {
        if (vote.commitment !== undefined) throw new Error('DisputeAlreadyCommitted');
        vote.commitment = args[0] as Hex;
      } else {
        const [available, fingerprint, salt] = args as [boolean, number[], Hex];
        if (jurorCommitment(id, provider, { available, fingerprint, salt }) !== vote.commitment)
          throw new Error('DisputeBadReveal');
        vote.revealed = true;
      }
      // As when a second, dearer transaction of the same nonce comes too late: mined, and yet an error.
      if (failing === 'after') throw new Error('NONCE_EXPIRED');
    },
  };
  const failNext = (when: 'before' | 'after'): void => {
    fail = when;
  };
  return { disputes, vote, sent, failNext };
}

async function setup({ willing = true } = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'assay-jury-'));
  const journal = openJournal(directory);
  onTestFinished(() => journal.close());
  const book = createDisputeBook(journal);
  const chain = voteChain();
  const evidence = createEvidenceStore({
    directory: join(directory, 'evidence'),
    places: () => [],
    signer: signerOf(hex('5')),
    log,
  });
  const jury = createJuryDuty({
    ...{ provider, willing, book, evidence, log },
    disputes: chain.disputes,
    domain: { chainId: 1, verifyingContract: provider },
    retries: createRetryClock(),
    rerun: (_: Evidence): Promise<Vote> | undefined => undefined,
  });
  await book.put(record);
  const noted = () => book.all()[0] ?? record;
  const step = (now: number) => jury.step(noted(), dispute, now);
  return { ...chain, book, noted, step };
}
const LATE = COMMIT_ENDS - 1;

test('waits for evidence, votes unavailable in time, and reveals', async () => {
  const { step, noted, sent } = await setup();
  await step(1_100);
  expect([noted().state, noted().note]).toEqual(['open', 'waits for evidence that fits']);
  await step(LATE);
  expect(noted()).toMatchObject({ state: 'committed', vote: { available: false } });
  await step(LATE);
  await step(COMMIT_ENDS);
  expect([noted().state, sent]).toEqual(['revealed', ['commitFingerprint', 'revealFingerprint']]);
});

test('a vote that was mined though sending it failed is revealed all the same', async () => {
  const { step, noted, sent, failNext } = await setup();
  failNext('after');
  await expect(step(LATE)).rejects.toThrow('NONCE_EXPIRED');
  expect(noted()).toMatchObject({ state: 'open', vote: { available: false } });
  await step(COMMIT_ENDS);
  expect([noted().state, sent]).toEqual(['revealed', ['commitFingerprint', 'revealFingerprint']]);
});

test('a vote on chain is not committed twice; a reveal that was mined is not sent twice', async () => {
  const { step, noted, sent, failNext } = await setup();
  failNext('after');
  await step(LATE).catch(() => undefined);
  await step(LATE);
  expect([noted().state, sent]).toEqual(['committed', ['commitFingerprint']]);
  failNext('after');
  await step(COMMIT_ENDS).catch(() => undefined);
  await step(COMMIT_ENDS);
  expect([noted().state, sent.length]).toEqual(['revealed', 2]);
});

test('a vote that never reached the chain, or was taken back by it, is sent again: the same one', async () => {
  const { step, noted, vote, failNext } = await setup();
  failNext('before');
  await step(LATE).catch(() => undefined);
  const kept = noted().vote;
  await step(LATE);
  vote.commitment = undefined; // a reorg
  await step(LATE);
  expect(vote.commitment).toBe(kept && jurorCommitment(id, provider, kept));
});

test('says why it does not vote or reveal, and sends nothing', async () => {
  const unwilling = await setup({ willing: false });
  await unwilling.step(LATE);
  expect(unwilling.noted().note).toContain('disputes.juror is false');
  const { step, noted, vote, sent } = await setup();
  vote.commitment = hex('9');
  await step(COMMIT_ENDS);
  expect(noted().note).toContain('not of this journal');
  vote.drawn = false;
  await step(COMMIT_ENDS);
  expect(noted().note).toContain('not drawn');
  expect(sent).toEqual([]);
});
