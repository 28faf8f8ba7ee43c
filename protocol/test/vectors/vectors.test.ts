import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { makeVectors } from './vectors.ts';

test('TypeScript answers the committed vectors, which Vectors.t.sol checks against Solidity', () => {
  const committed = readFileSync(new URL('vectors.json', import.meta.url), 'utf8');
  // After a deliberate change: node protocol/test/vectors/write.ts
  expect(makeVectors()).toEqual(JSON.parse(committed));
});
