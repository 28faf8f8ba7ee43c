import { expect, test } from 'vitest';
import { type CreditQuestion, checkCredit } from './check-credit.ts';

const question: CreditQuestion = {
  session: {
    state: 'OPEN',
    key: '0x01',
    gateway: '0x02',
    gatewayFeePpm: 0,
    balance: 100_000n,
    withdrawableAt: 0,
  },
  endsAt: 2_000,
  claimableAt: 2_000,
  owed: { unvouchered: 20_000n, unpaidJobs: 10, unclaimed: 0n },
  reserved: { value: 10_000n, jobs: 5 },
  price: 20_000n,
  exposure: 30_000n,
  limits: { maxUnvouchered: 50_000n, maxUnvoucheredJobs: 50, maxUnclaimedPerGateway: 90_000n },
};
const codeOf = (change: Partial<CreditQuestion>) => checkCredit({ ...question, ...change })?.code;

test('works up to the limit and not a unit beyond', () => {
  expect(codeOf({})).toBeUndefined();
  expect(codeOf({ price: 20_001n })).toBe('P306');
});

test('the free balance is the limit where it is lower; what is vouched is not free', () => {
  expect(codeOf({ session: { ...question.session, balance: 49_999n } })).toBe('P306');
  expect(codeOf({ owed: { ...question.owed, unclaimed: 50_001n } })).toBe('P306');
  expect(codeOf({ owed: { ...question.owed, unclaimed: 50_000n } })).toBeUndefined();
});

test('at most fifty jobs, those under way included', () => {
  expect(codeOf({ owed: { ...question.owed, unpaidJobs: 44 } })).toBeUndefined();
  expect(codeOf({ owed: { ...question.owed, unpaidJobs: 45 } })).toBe('P306');
});

test('what all sessions of a gateway could cost has a limit of its own', () => {
  expect(codeOf({ exposure: 70_000n })).toBeUndefined();
  expect(codeOf({ exposure: 70_001n })).toBe('P306');
});

test('sessions that are not open', () => {
  expect(codeOf({ session: { ...question.session, state: 'NONE' } })).toBe('P306');
  expect(codeOf({ session: { ...question.session, state: 'CLOSING' } })).toBe('S406');
  expect(codeOf({ session: { ...question.session, state: 'WITHDRAWN' } })).toBe('S406');
});

test('a session that can be withdrawn before a claim gets no work', () => {
  expect(codeOf({ claimableAt: 2_001 })).toBe('S406');
  expect(codeOf({ claimableAt: 2_001, endsAt: undefined })).toBeUndefined();
});
