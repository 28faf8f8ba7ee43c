import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitText } from './split-text.ts';

test('pieces join to the text, fit the limit and are well formed', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (text) => {
      const pieces = splitText(text, 60);
      expect(pieces.join('')).toBe(text);
      for (const piece of pieces) {
        expect(Buffer.byteLength(JSON.stringify(piece)) - 2).toBeLessThanOrEqual(60);
        expect(piece.isWellFormed()).toBe(true);
      }
    }),
  );
  expect(splitText('')).toEqual(['']);
});
