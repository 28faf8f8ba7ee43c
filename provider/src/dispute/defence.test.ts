import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Evidence, encodeEvidence, type Hex, promptTensor } from '@assay/wire';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { openJournal } from '../store/journal.ts';
import { createDefence } from './defence.ts';
import { createDisputeBook, type DisputeRecord } from './dispute-book.ts';
import type { ChainDispute } from './dispute-chain.ts';
import { createRetryClock } from './retry-clock.ts';

const hex = (digit: string): Hex => `0x${digit.repeat(64)}`;
const id = hex('1');
const PLACES = ['https://a.example/v2/evidence', 'https://b.example/v2/evidence'];
const record: DisputeRecord = {
  ...{ id, role: 'accused', modelId: hex('2'), receipt: hex('3'), inputRoot: hex('4') },
  ...{ commitEnds: 2_000, revealEnds: 3_000, state: 'open', vote: undefined, note: '' },
};
const evidence: Evidence = {
  modelId: hex('2'),
  receipt: {
    ...{ ticket: id, execClass: hex('3'), inputRoot: hex('4'), outputRoot: hex('5') },
    ...{ fingerprintHash: hex('6'), units: '1', price: '1', startedAt: '1', finishedAt: '1' },
  },
  inputSalt: `0x${'8'.repeat(32)}`,
  params: {},
  input: [promptTensor('the prompt')],
  text: 'the answer',
  output: [],
};

async function setup({ inVault = true } = {}) {
  const journal = openJournal(mkdtempSync(join(tmpdir(), 'assay-defence-')));
  onTestFinished(() => journal.close());
  const book = createDisputeBook(journal);
  await book.put(record);
  const clock = { now: 0 };
  const open = new Set<string>();
  const told: string[] = [];
  const sent: string[] = [];
  const defence = createDefence({
    disputes: { send: async (name: string) => void sent.push(name) } as never,
    book,
    receipts: { find: () => ({ frame: { fingerprint: [1], fingerprintSalt: '0x' } }) } as never,
    vault: { get: async () => (inVault ? encodeEvidence(evidence) : undefined) } as never,
    evidence: {
      keep: async () => '/data/evidence/file',
      async publish(_: Evidence, done: ReadonlySet<string> = new Set()) {
        const asked = PLACES.filter((place) => !done.has(place));
        told.push(...asked);
        const refused = asked.filter((place) => !open.has(place));
        return {
          at: asked.filter((place) => open.has(place)),
          refused: refused.map((place) => ({ place, reason: 'HTTP 503' })),
        };
      },
    } as never,
    retries: createRetryClock(() => clock.now),
    log: pino({ level: 'silent' }),
  });
  const noted = () => book.all()[0] ?? record;
  const standing: ChainDispute = {
    ...{ status: 'OPEN', commitEnds: 2_000, revealEnds: 3_000, answered: false },
  };
  const step = (now: number, answered = false) => {
    clock.now += 60_000;
    return defence.step(noted(), { ...standing, answered }, now);
  };
  return { step, noted, open, told, sent, clock, defence, standing };
}

test('hands the evidence over again and again until every marketplace has it', async () => {
  const { step, noted, open, told } = await setup();
  await step(1_000);
  expect(noted().note).toMatch(/in \/data\/evidence\/file only \(HTTP 503\)/);
  open.add(PLACES[0] ?? '');
  await step(1_100);
  expect(noted().note).toBe(`evidence at ${PLACES[0]}`);
  open.add(PLACES[1] ?? '');
  await step(1_200);
  expect(noted().note).toBe(`evidence at ${PLACES.join(', ')}`);
  await step(1_300);
  expect(told).toEqual([...PLACES, ...PLACES, PLACES[1]]);
});

test('does not hammer a marketplace that refuses', async () => {
  const { step, told, defence, noted, standing } = await setup();
  await step(1_000);
  await defence.step(noted(), standing, 1_000);
  expect(told).toEqual(PLACES);
});

test('answers once the jurors have committed, and not again once the chain has it', async () => {
  const { step, noted, sent } = await setup();
  await step(1_000);
  await step(2_000);
  expect([noted().state, sent]).toEqual(['answered', ['answer']]);
  await step(2_100, true);
  expect(sent).toEqual(['answer']);
});

test('says that the vault has nothing', async () => {
  const { step, noted } = await setup({ inVault: false });
  await step(1_000);
  expect(noted().note).toContain('not in the vault');
});
