import { expect, test } from 'vitest';
import { outcomeOf } from './outcome-of.ts';

test('a mutant survives where forge succeeds', () => {
  expect(outcomeOf({ ok: true, output: 'Suite result: ok. 3 passed; 0 failed' })).toBe('survived');
});

test('a test that ran and failed kills a mutant', () => {
  const output = 'Compiler run successful!\nSuite result: FAILED. 2 passed; 1 failed; 0 skipped';
  expect(outcomeOf({ ok: false, output })).toBe('killed');
});

test('what the compiler refuses kills nothing', () => {
  const output = 'Error: Compiler run failed:\nError (7576): Undeclared identifier.';
  expect(outcomeOf({ ok: false, output })).toBe('does not compile');
});
