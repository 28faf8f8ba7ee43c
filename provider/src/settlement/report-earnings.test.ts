import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Hex, Manifest } from '@assay/wire';
import { expect, it, onTestFinished } from 'vitest';
import { showEarnings } from '../cli/show-earnings.ts';
import { toColumn } from '../store/amount-column.ts';
import { openJournal } from '../store/journal.ts';
import { rememberModel } from './remember-model.ts';
import { reportEarnings } from './report-earnings.ts';

const DAY = 86_400_000;
const [MODEL, OTHER_MODEL] = [`0x${'01'.repeat(32)}`, `0x${'02'.repeat(32)}`];
const GATEWAY = `0x${'33'.repeat(20)}`;

function setup() {
  const journal = openJournal(mkdtempSync(join(tmpdir(), 'assay-earnings-')));
  onTestFinished(() => journal.close());
  let count = 0;
  const earn = (price: bigint, { at = 0, model = MODEL, session = 's', paid = 0n } = {}) =>
    journal.write(() => {
      const id = `t${count++}`;
      journal
        .sql(
          `INSERT INTO receipts (ticket, digest, gateway, session_id, offer_id, job_id, model_id, frame, units, price, created_at, paid)
           VALUES (?, ?, ?, ?, ?, 'j', ?, '{}', '2', ?, ?, ?)`,
        )
        .run(id, id, GATEWAY, session, `o${model}`, model, toColumn(price), BigInt(at), paid);
    });
  const pay = (cumulative: bigint, claimed: bigint, { model = MODEL, session = 's' } = {}) =>
    journal.write(() =>
      journal
        .sql(
          `INSERT INTO payments (session_id, offer_id, model_id, gateway, cumulative, claimed, voucher_signature, receipts)
           VALUES (?, ?, ?, ?, ?, ?, '0x', '0x')`,
        )
        .run(session, `o${model}`, model, GATEWAY, toColumn(cumulative), toColumn(claimed)),
    );
  const claim = (at: number, amount: bigint) =>
    journal.write(() =>
      journal
        .sql(
          'INSERT INTO claims (tx_hash, at, vouchers, amount, to_provider, gas_used, gas_price) VALUES (?, ?, 1, ?, ?, ?, ?)',
        )
        .run('0x', BigInt(at), toColumn(amount), toColumn(amount - 1n), '100', '3'),
    );
  return { journal, earn, pay, claim };
}

it('adds jobs up by day, model and gateway, and covers a session’s receipts oldest first', async () => {
  const { journal, earn, pay } = setup();
  await earn(10n, { at: 1 });
  await earn(10n, { at: 2 });
  await earn(10n, { at: DAY });
  await earn(7n, { at: DAY, model: OTHER_MODEL });
  await pay(25n, 15n);
  const { lines } = await reportEarnings(journal);
  expect(lines.map(({ gateway: _, ...line }) => line)).toEqual([
    {
      day: '1970-01-01',
      modelId: MODEL,
      jobs: 2,
      units: 4n,
      earned: 20n,
      vouchered: 20n,
      claimed: 15n,
    },
    {
      day: '1970-01-02',
      modelId: MODEL,
      jobs: 1,
      units: 2n,
      earned: 10n,
      vouchered: 5n,
      claimed: 0n,
    },
    {
      day: '1970-01-02',
      modelId: OTHER_MODEL,
      jobs: 1,
      units: 2n,
      earned: 7n,
      vouchered: 0n,
      claimed: 0n,
    },
  ]);
});

it('one session’s surplus covers nothing of another; what was given up is not earned', async () => {
  const { journal, earn, pay } = setup();
  await earn(10n, { session: 'a' });
  await earn(10n, { session: 'b' });
  await earn(99n, { session: 'b', paid: 2n });
  await pay(1_000n, 1_000n, { session: 'a' });
  const { lines } = await reportEarnings(journal);
  expect(lines).toMatchObject([{ jobs: 2, earned: 20n, vouchered: 10n, claimed: 10n }]);
});

it('reads every receipt once, over many pages and equal times', async () => {
  const { journal, earn } = setup();
  await Promise.all(Array.from({ length: 12_001 }, (_, index) => earn(1n, { at: index >> 4 })));
  const { lines } = await reportEarnings(journal);
  expect(lines).toMatchObject([{ jobs: 12_001, earned: 12_001n }]);
});

it('names the models that were served here, beside a short id', async () => {
  const { journal, earn } = setup();
  await earn(1n);
  await earn(1n, { model: OTHER_MODEL });
  const manifest = { name: 'char-lm', version: '1' } as Manifest;
  await rememberModel(journal, { modelId: MODEL as Hex, manifest });
  await rememberModel(journal, { modelId: MODEL as Hex, manifest });
  const report = await reportEarnings(journal);
  expect(report.lines.map(({ model }) => model)).toEqual(['char-lm 1', undefined]);
  const shown = showEarnings({ ...report, onChain: { unknown: 'S408' } });
  expect(shown).toMatch(/1970-01-01 {2}char-lm 1 0x01010101…0101 {2}0x3333/);
  expect(shown).toMatch(/1970-01-01 {2}0x02020202…0202 +0x3333/);
});

it('adds claims and their gas up by day', async () => {
  const { journal, claim } = setup();
  await claim(1, 10n);
  await claim(2, 20n);
  await claim(DAY, 5n);
  const { claims } = await reportEarnings(journal);
  expect(claims).toEqual([
    { day: '1970-01-01', claims: 2, claimed: 30n, toProvider: 28n, gasWei: 600n },
    { day: '1970-01-02', claims: 1, claimed: 5n, toProvider: 4n, gasWei: 300n },
  ]);
});

it('shows the same table for amounts that came as text, and says so where the chain is silent', async () => {
  const { journal, earn, claim } = setup();
  await earn(1_500_000n);
  await claim(1, 1_000_000n);
  const report = await reportEarnings(journal);
  const text = JSON.stringify(report, (_, field) =>
    typeof field === 'bigint' ? `${field}` : field,
  );
  const onChain = { unknown: 'S408 no answer' };
  const shown = showEarnings({ ...JSON.parse(text), onChain });
  expect(shown).toBe(showEarnings({ ...report, onChain }));
  expect(shown).toMatch(/all +1 +2 +1\.5 USD +0 USD +0 USD/);
  expect(shown).toContain('the chain could not be asked');
});
