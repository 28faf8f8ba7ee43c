import { expect, it } from 'vitest';
import { tokenizerTextStream } from './tokenizer-text-stream.ts';

const decode = (tokens: number[]): string => Buffer.from(tokens).toString('utf8');

it('releases a character only when all its bytes have come', () => {
  const stream = tokenizerTextStream(decode);
  const pieces = [...Buffer.from('a€😀z')].map((byte) => stream.push(byte));
  expect(pieces).toEqual(['a', '', '', '€', '', '', '', '😀', 'z']);
  expect(stream.flush()).toBe('');
});

it('does not wait for ever for bytes that are not text', () => {
  const stream = tokenizerTextStream(decode);
  const pieces = Array.from({ length: 20 }, () => stream.push(0xff));
  expect(pieces.join('') + stream.flush()).toBe('\uFFFD'.repeat(20));
});

it('gives out a half character at the end rather than losing it', () => {
  const stream = tokenizerTextStream(decode);
  expect(stream.push(0xe2)).toBe('');
  expect(stream.flush()).toBe('\uFFFD');
});
