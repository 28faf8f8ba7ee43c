import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

const BUNDLE = join(import.meta.dirname, '../models/char-lm/1');
const TOKENS = 40_000;

/**
 * The character model without its limit, for the tests of one file: its own longest text is over in tenths of a second,
 * before a busy machine has stopped it.
 */
export function longTextBundle(): string {
  const bundle = mkdtempSync(join(tmpdir(), 'assay-long-texts-'));
  afterAll(() => rmSync(bundle, { recursive: true, force: true }));
  cpSync(BUNDLE, bundle, { recursive: true });
  const file = join(bundle, 'manifest.json');
  const manifest = JSON.parse(readFileSync(file, 'utf8'));
  manifest.parameters.maxTokens = TOKENS;
  writeFileSync(file, JSON.stringify(manifest));
  return bundle;
}

/** Credit for one long text at a time. */
export const LONG_TEXT_CREDIT = { maxUnvouchered: `${20 * TOKENS}` };

/** What to ask for a text that is still under way when the test has heard of it. */
export const longText = () => ({
  params: { maxTokens: TOKENS },
  maxPrice: 10n * BigInt(TOKENS),
  deadlineMs: Date.now() + 60_000,
});
