import type { Hex } from '@assay/wire';
import { expect, test } from 'vitest';
import type { DisputeRecord } from './dispute-book.ts';
import { whatNext } from './what-next.ts';

const hex = (digit: string): Hex => `0x${digit.repeat(64)}`;
const vote = { available: true, fingerprint: [], salt: hex('5') };
const record = (change: Partial<DisputeRecord>): DisputeRecord => ({
  ...{ id: hex('1'), role: 'juror', modelId: hex('2'), receipt: hex('3'), inputRoot: hex('4') },
  ...{ commitEnds: 200, revealEnds: 300, state: 'open', vote: undefined, note: '' },
  ...change,
});

test.each<[string, Partial<DisputeRecord>, number, RegExp]>([
  ['a juror without a vote', {}, 100, /looks for evidence/],
  ['a juror that committed', { state: 'committed', vote }, 100, /reveals once/],
  [
    'a juror whose window to commit is over',
    { state: 'committed', vote },
    200,
    /^reveals its vote/,
  ],
  ['a juror without a vote then', {}, 200, /committed no vote/],
  ['a juror that revealed', { state: 'revealed', vote }, 250, /waits for the verdict/],
  ['the accused at first', { role: 'accused' }, 100, /hands the evidence over/],
  ['the accused once taken', { role: 'accused', note: 'evidence at x' }, 100, /^answers once/],
  ['the accused then', { role: 'accused' }, 200, /^answers with/],
  ['the accused that answered', { role: 'accused', state: 'answered' }, 200, /jurors to reveal/],
  ['anybody after the windows', {}, 300, /resolve/],
  ['anybody after the verdict', { state: 'closed' }, 100, /nothing/],
])('%s', (_, change, now, expected) => {
  expect(whatNext(record(change), now)).toMatch(expected);
});
