import { connect, type Session } from '@assay/client';
import { Wallet } from 'ethers';
import type { Reporter } from '../report/reporter.ts';
import type { RunningNetwork } from '../start-network.ts';
import { awaitClaim } from './await-claim.ts';
import { checkReceipts } from './check-receipts.ts';
import { findSpeech, readLine } from './jobs.ts';
import { awaitScoreChange, readScores } from './scores.ts';
import { streamText } from './stream-text.ts';

export interface DemoMeans {
  readonly reporter: Reporter;
  /** Where streamed text goes; absent: nowhere. */
  readonly write?: (text: string) => void;
  readonly signal: AbortSignal;
}

/** What a reader can try by hand afterwards. */
export interface DemoResult {
  readonly token: string;
  readonly jobId: string;
}

const DEPOSIT = 5_000_000n;
const DOLLAR = 1_000_000;
const dollars = (amount: bigint) => `${Number(amount) / DOLLAR} USD`;

/** A client's first minutes: one signature, a job on each model, and what becomes of the money and the scores. */
export async function runDemo(running: RunningNetwork, means: DemoMeans): Promise<DemoResult> {
  const { network } = running;
  const { reporter, signal } = means;
  const assay = connect({ graphql: network.graphql, graphqlWs: network.graphqlWs });
  const before = await readScores(assay);
  const session = await openSession(assay, network.demo.payerPrivateKey, reporter);
  try {
    const ocr = await reporter.stage('OCR job', (note) => readLine(session, network, note));
    const vad = await reporter.stage('speech job', (note) => findSpeech(session, network, note));
    const text = await streamText(session, network, means);
    const jobs = [ocr, vad, text];
    await reporter.stage('receipts', async (note) => note(checkReceipts(network, jobs)));
    const spent = await reporter.stage('vouchers', (note) => settle(session, note));
    await awaitClaim({ network, reporter, signal, sessionId: session.id, spent });
    await reporter.stage('scores', async (note) =>
      note(await awaitScoreChange(assay, before, signal)),
    );
    return { token: session.token, jobId: text.jobId };
  } finally {
    await session.disconnect();
  }
}

function openSession(
  assay: ReturnType<typeof connect>,
  payerKey: string,
  reporter: Reporter,
): Promise<Session> {
  return reporter.stage('session opened', async (note) => {
    const session = await assay.openSession({ payer: new Wallet(payerKey), deposit: DEPOSIT });
    note(`one signature, ${dollars(DEPOSIT)}, id ${session.id.slice(0, 10)}...`);
    return session;
  });
}

/** Signs what is owed; answers what the jobs cost together. */
async function settle(session: Session, note: (detail: string) => void): Promise<bigint> {
  await session.settle();
  const { spent, owed, free } = await session.balance();
  if (owed.length > 0) throw new Error(`${owed.length} vouchers are owed after signing all`);
  note(`${dollars(spent)} spent, ${dollars(free)} free, nothing owed`);
  return spent;
}
