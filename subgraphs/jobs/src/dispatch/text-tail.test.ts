import fc from 'fast-check';
import { expect, it } from 'vitest';
import { textTail } from './text-tail.ts';

const bytesOf = (text: string) => Buffer.byteLength(JSON.stringify(text)) - 2;

it('is the longest end that fits, never half a character', () => {
  const texts = fc.string({ unit: 'grapheme', maxLength: 300 });
  fc.assert(
    fc.property(texts, fc.integer({ min: 6, max: 200 }), (text, bytes) => {
      const tail = textTail(text, bytes);
      expect(text.endsWith(tail)).toBe(true);
      expect(bytesOf(tail)).toBeLessThanOrEqual(bytes);
      expect(tail.isWellFormed()).toBe(true);
      // One more character, of at most 12 bytes, would not have fitted.
      if (tail.length < text.length) expect(bytesOf(tail)).toBeGreaterThan(bytes - 12);
    }),
  );
});

it.each([
  ['three bytes a character', '汉'],
  ['four bytes a pair', '🦉'],
  ['six bytes an escape', '\u0001'],
])('keeps within a frame’s meta what takes %s', (_, character) => {
  const tail = textTail(character.repeat(60_000), 48 * 1024);
  expect(bytesOf(tail)).toBeLessThanOrEqual(48 * 1024);
  expect(bytesOf(tail)).toBeGreaterThan(48 * 1024 - 6);
});
