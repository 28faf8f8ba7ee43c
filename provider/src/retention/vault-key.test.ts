import { mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openVaultKey } from './vault-key.ts';

const place = (): string => join(mkdtempSync(join(tmpdir(), 'assay-vault-key-')), 'keys/vault.key');

test('makes a key that only its owner may read, and finds it again', () => {
  const file = place();
  const made = openVaultKey(file);
  expect(made.byteLength).toBe(32);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(openVaultKey(file).equals(made)).toBe(true);
  expect(openVaultKey(place()).equals(made)).toBe(false);
});

test('never replaces a key it cannot read', () => {
  const file = place();
  openVaultKey(file);
  writeFileSync(file, 'nonsense');
  expect(() => openVaultKey(file)).toThrowError(expect.objectContaining({ code: 'P321' }));
});
