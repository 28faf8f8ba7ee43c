import type { Hex, SignedReceipt } from '@assay/wire';
import { expect, test } from 'vitest';
import { createVoucherBook } from './voucher-book.ts';

const hex = (digit: string): Hex => `0x${digit.repeat(64)}`;
const [session, offer] = [hex('a'), hex('b')];
const receipt = (ticket: string, price: bigint) =>
  ({ sessionId: session, offerId: offer, ticket: hex(ticket), price }) as SignedReceipt;
const due = (cumulative: bigint, sessionId = session) => ({
  sessionId,
  offerId: offer,
  cumulative,
  dueBy: 0,
});

test('signs up to what receipts add up to, and no more', () => {
  const book = createVoucherBook(session);
  book.noteReceipts([receipt('1', 30n), receipt('2', 12n)]);
  expect(book.signable([due(42n)])).toHaveLength(1);
  expect(book.signable([due(43n)])).toHaveLength(0);
});

test('counts a receipt seen twice once', () => {
  const book = createVoucherBook(session);
  book.noteReceipts([receipt('1', 30n)]);
  book.noteReceipts([receipt('1', 30n)]);
  expect(book.signable([due(31n)])).toHaveLength(0);
});

test('signs nothing twice and nothing of another session', () => {
  const book = createVoucherBook(session);
  book.noteReceipts([receipt('1', 30n)]);
  book.markSigned({ offerId: offer, cumulative: 30n });
  expect(book.signable([due(30n), due(10n, hex('c'))])).toHaveLength(0);
});

test('goes on where a saved book ended', () => {
  const book = createVoucherBook(session);
  book.noteReceipts([receipt('1', 30n)]);
  book.markSigned({ offerId: offer, cumulative: 30n });
  const restored = createVoucherBook(session, JSON.parse(JSON.stringify(book)));
  restored.noteReceipts([receipt('1', 30n), receipt('2', 5n)]);
  expect(restored.signable([due(35n)])).toHaveLength(1);
  expect(restored.signable([due(36n)])).toHaveLength(0);
});
