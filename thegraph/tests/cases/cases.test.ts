import { expect, test } from 'vitest';
import { INDEXED_CONTRACTS } from '../../tools/contracts.ts';
import { committedAbis } from '../../tools/read-abis.ts';
import { ADDRESSES } from '../mapping-case.ts';
import { CASES } from './index.ts';

test('every handler has a case', () => {
  const emitted = new Set(
    CASES.flatMap(({ blocks }) =>
      blocks.flatMap(({ events }) =>
        events.map(({ address, event }) => `${address} ${event.split('(')[0]}`),
      ),
    ),
  );
  const abis = committedAbis();
  const handled = INDEXED_CONTRACTS.flatMap((contract) =>
    abis[contract].map(({ name }) => ({ contract, name })),
  );

  expect(
    handled.filter(({ contract, name }) => !emitted.has(`${ADDRESSES[contract]} ${name}`)),
  ).toEqual([]);
});

test('every case has a name of its own and asserts something', () => {
  expect(new Set(CASES.map(({ name }) => name)).size).toBe(CASES.length);
  expect(CASES.filter(({ assertions }) => assertions.length === 0)).toEqual([]);
});
