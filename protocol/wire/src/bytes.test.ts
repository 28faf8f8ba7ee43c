import { expect, it } from 'vitest';
import { randomHex } from './bytes.ts';

it('draws random bytes that never repeat, also where its pool ends', () => {
  const drawn = Array.from({ length: 1_000 }, () => randomHex(31));
  expect(new Set(drawn).size).toBe(1_000);
  expect(drawn.every((hex) => /^0x[0-9a-f]{62}$/.test(hex))).toBe(true);
});
