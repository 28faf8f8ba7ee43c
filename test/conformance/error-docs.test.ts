import { readFileSync } from 'node:fs';
import { ERROR_CODES } from '@assay/wire';
import { expect, test } from 'vitest';

const sections = new Map(
  readFileSync(new URL('../../docs/ERRORS.md', import.meta.url), 'utf8')
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const [code = '', ...text] = section.split(/^# /m)[0]?.split('\n') ?? [];
      return [code.trim(), text.join('\n')];
    }),
);

test.each(Object.entries(ERROR_CODES))('%s is explained in docs/ERRORS.md', (code, known) => {
  const section = sections.get(code) ?? '';
  const [, when = '', advice = ''] = section.trim().split('\n\n');

  expect(section).toContain(`**${known.message}** \`${known.graphql}\``);
  expect(section).toContain(known.retryable ? 'may succeed' : 'will not succeed');
  expect(when.length).toBeGreaterThan(40);
  expect(advice).toContain(known.hint);
});

test('docs/ERRORS.md explains no code that does not exist', () => {
  expect([...sections.keys()].filter((code) => !(code in ERROR_CODES))).toEqual([]);
});
