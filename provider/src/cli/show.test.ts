import { expect, test } from 'vitest';
import { amountText, table, usd } from './show.ts';

test('amounts keep every digit and drop empty ones', () => {
  expect([
    amountText(0n, 6),
    amountText(1n, 6),
    amountText(1_500_000n, 6),
    usd('12000000'),
  ]).toEqual(['0', '0.000001', '1.5', '12 USD']);
});

test('columns line up', () => {
  expect(
    table([
      ['a', 'bb'],
      ['ccc', 'd'],
    ]),
  ).toBe('a    bb\nccc  d');
});
