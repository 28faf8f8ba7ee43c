/** The longest tokens of vocabularies in use: runs of spaces or dashes. */
const CHARACTERS_PER_TOKEN = 128;
/** A text of very few tokens may have this many all the same. */
const ALWAYS_TAKEN = 1_024;

/**
 * Characters (UTF-16 units) that a generated text of so many tokens has at most. A gateway takes no longer one of a
 * provider and a provider goes on after no longer one, so that what the first delivered is never refused by the next.
 */
export function longestText(tokens: number): number {
  return Math.max(ALWAYS_TAKEN, CHARACTERS_PER_TOKEN * tokens);
}
