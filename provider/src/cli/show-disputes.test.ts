import type { Hex } from '@assay/wire';
import { expect, test } from 'vitest';
import type { DisputeRecord } from '../dispute/dispute-book.ts';
import { showDisputes } from './show-disputes.ts';

const hex = (digit: string): Hex => `0x${digit.repeat(64)}`;
const record: DisputeRecord = {
  ...{ id: hex('1'), role: 'accused', modelId: hex('2'), receipt: hex('3'), inputRoot: hex('4') },
  ...{ commitEnds: 100_000, revealEnds: 200_000, state: 'open', vote: undefined },
  note: 'evidence at https://market.example/v2/evidence/0x1',
};

test('shows the id in full, how long the windows are open, where the evidence is and what comes next', () => {
  const shown = showDisputes([record], 90_000);
  expect(shown).toContain(record.id);
  expect(shown).toMatch(/votes +until 1970-01-02T03:46:40\.000Z, 2 h 46 min left/);
  expect(shown).toMatch(/reveals +until .*, 1 d 6 h left/);
  expect(shown).toContain(record.note);
  expect(shown).toMatch(/next +answers once/);
});

test('shows a verdict, and that there is nothing to show', () => {
  const shown = showDisputes([{ ...record, state: 'closed', note: 'CLEARED' }], 90_000);
  expect(shown).toMatch(/state +closed: CLEARED/);
  expect(shown).not.toContain('votes');
  expect(showDisputes([], 0)).toBe('no disputes');
});
