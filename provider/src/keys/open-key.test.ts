import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encryptKeystoreJsonSync } from 'ethers';
import { expect, test } from 'vitest';
import { openKey } from './open-key.ts';

const key = `0x${'5a'.repeat(32)}` as const;
const address = '0x7E5F4552091A69125d5DfCb7b8C2659029395Bdf';
const directory = mkdtempSync(join(tmpdir(), 'assay-keys-'));
function write(name: string, text: string, mode = 0o600): string {
  const file = join(directory, name);
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
}
const keystoreFile = write(
  'keystore.json',
  encryptKeystoreJsonSync({ address, privateKey: `0x${'00'.repeat(31)}01` }, 'secret', {
    scrypt: { N: 2, r: 1, p: 1 },
  }),
);
const refused = (reason: RegExp) =>
  expect.objectContaining({
    code: 'P321',
    details: expect.objectContaining({ reason: expect.stringMatching(reason) }),
  });

test('opens a plain key, with or without 0x', async () => {
  expect(await openKey({ privateKeyFile: write('a', `${key}\n`) }, {})).toBe(key);
  expect(await openKey({ privateKeyFile: write('b', key.slice(2)) }, {})).toBe(key);
});

test('refuses a key that others may read, that is missing or that is none', async () => {
  await expect(openKey({ privateKeyFile: write('c', key, 0o644) }, {})).rejects.toEqual(
    refused(/chmod 600/),
  );
  await expect(openKey({ privateKeyFile: join(directory, 'x') }, {})).rejects.toEqual(
    refused(/missing/),
  );
  await expect(openKey({ privateKeyFile: write('d', 'nonsense') }, {})).rejects.toEqual(
    refused(/no 32-byte/),
  );
});

test('opens a keystore with a password from a file or the environment, and says what is missing', async () => {
  const passwordFile = write('password', 'secret\n');
  const secret = `0x${'00'.repeat(31)}01`;
  expect(await openKey({ keystoreFile, passwordFile }, {})).toBe(secret);
  expect(await openKey({ keystoreFile }, { ASSAY_KEYSTORE_PASSWORD: 'secret' })).toBe(secret);
  await expect(openKey({ keystoreFile }, {})).rejects.toEqual(refused(/no password/));
  await expect(openKey({ keystoreFile }, { ASSAY_KEYSTORE_PASSWORD: 'x' })).rejects.toEqual(
    refused(/wrong password/),
  );
});

test('a password file that was moved away gives way to the environment', async () => {
  const config = { keystoreFile, passwordFile: join(directory, 'moved-away') };
  expect(await openKey(config, { ASSAY_KEYSTORE_PASSWORD: 'secret' })).toBe(
    `0x${'00'.repeat(31)}01`,
  );
  await expect(openKey(config, {})).rejects.toEqual(refused(/missing/));
});
