import { expect, test } from 'vitest';
import { createPriceBoard, livePrice } from './price-board.ts';
import type { ServedOffer } from './served-offer.ts';

const offer = {
  offerId: '0x01',
  price: 10n,
  ceiling: 25n,
  surge: 2,
} as Partial<ServedOffer> as ServedOffer;

test('the live price rises with load up to the ceiling', () => {
  expect([0, 0.5, 1, 7].map((load) => livePrice(offer, load))).toEqual([10n, 20n, 25n, 25n]);
});

test('a price announced a moment ago is honoured, one of long ago is not', () => {
  const board = createPriceBoard();
  expect(board.floor(offer, 0)).toBe(10n);
  board.announce(offer, 0, 1_000);
  board.announce(offer, 0.5, 2_000);
  expect(board.floor(offer, 3_000)).toBe(10n);
  expect(board.floor(offer, 61_500)).toBe(20n);
});
