import { expect, it } from 'vitest';
import { longestText } from './longest-text.ts';

it.each([
  [0, 1_024],
  [8, 1_024],
  [9, 1_152],
  [4_096, 524_288],
])('a text of %i tokens has at most %i characters', (tokens, characters) => {
  expect(longestText(tokens)).toBe(characters);
});
