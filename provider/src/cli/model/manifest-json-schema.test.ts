import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { manifestJsonSchema } from './manifest-json-schema.ts';

it('the published schema is the one manifests are parsed with (else: assay-model schema > provider/models/manifest.schema.json)', () => {
  const published = readFileSync(
    new URL('../../../models/manifest.schema.json', import.meta.url),
    'utf8',
  );
  expect(published.trim()).toBe(manifestJsonSchema());
});
