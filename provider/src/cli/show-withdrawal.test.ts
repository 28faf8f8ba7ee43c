import { expect, it } from 'vitest';
import { showWithdrawal } from './show-withdrawal.ts';

const PAYOUT = `0x${'aa'.repeat(20)}` as const;
const TOKEN = `0x${'bb'.repeat(20)}` as const;
const PAID = {
  ...{ txHash: '0xcc', block: 7, amount: '1250000', payout: PAYOUT, token: TOKEN },
  toDelegators: '0',
};

it('says how much went to whom, of which token, and where to look it up', () => {
  expect(showWithdrawal(PAID)).toBe(
    `1.25 USD paid to ${PAYOUT}\ntoken ${TOKEN}, block 7, transaction 0xcc`,
  );
});

it('names the delegators where they had a part', () => {
  expect(showWithdrawal({ ...PAID, toDelegators: 5n })).toContain('0.000005 USD paid to the deleg');
});

it('says why nothing was paid', () => {
  const withdrawn = 'nothing has matured';
  expect(showWithdrawal({ withdrawn, token: TOKEN })).toBe(withdrawn);
});
