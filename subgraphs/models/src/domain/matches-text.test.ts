import { expect, it } from 'vitest';
import { matchesText } from './matches-text.ts';

const model = {
  id: '0x01',
  name: 'pp-ocr-rec',
  task: 'ocr',
  description: 'Reads a line of text',
  tags: ['english', 'fast'],
  registeredAt: 0,
} as const;

it('finds words in name, task, tags and description, whatever their case', () => {
  for (const text of ['OCR', 'Fast line', 'pp-ocr english', ''])
    expect(matchesText(model, text)).toBe(true);
});

it('wants every word', () => {
  expect(matchesText(model, 'ocr german')).toBe(false);
});
