import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { applyMutant } from './apply-mutant.ts';
import { MUTANTS } from './mutants.ts';

const PROTOCOL = new URL('../', import.meta.url);

test('a mutant whose text is gone, or stands twice, does not apply', () => {
  const mutant = { find: 'a < b', replace: 'a <= b' };
  expect(applyMutant('if (a < b) return;', mutant)).toBe('if (a <= b) return;');
  expect(applyMutant('if (a > b) return;', mutant)).toBeUndefined();
  expect(applyMutant('a < b || a < b', mutant)).toBeUndefined();
});

test('names are unique', () => {
  expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length);
});

test.each(MUTANTS)('"$name" applies, and its tests exist', (mutant) => {
  const source = readFileSync(new URL(`contracts/${mutant.file}`, PROTOCOL), 'utf8');
  expect(applyMutant(source, mutant)).toBeDefined();
  expect(existsSync(new URL(`test/${mutant.tests}`, PROTOCOL))).toBe(true);
});
